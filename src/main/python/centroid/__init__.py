"""Centroid: dense classifiers on Apache Spark, trained by parameter averaging."""
