package io.centroid.config;

/** How a gradient moves the parameters. */
public enum UpdateRuleKind {
  /** Adam (Kingma and Ba, ICLR 2015) with β₁ 0.9, β₂ 0.999, ε 1e-8. */
  ADAM,
  /** Gradient descent. */
  SGD,
  /** Nesterov momentum (Sutskever et al., ICML 2013). */
  NESTEROV
}
