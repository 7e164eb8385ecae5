package io.centroid.evaluate;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.kryo.RecordSerializer;
import java.io.Serializable;

/**
 * What is sent to the executors to classify with.
 *
 * @param configurationJson the Deeplearning4j configuration of the network
 * @param parameters its flat parameters
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes that are handed on, never compared
@DefaultSerializer(RecordSerializer.class)
public record Classifier(String configurationJson, float[] parameters) implements Serializable {}
