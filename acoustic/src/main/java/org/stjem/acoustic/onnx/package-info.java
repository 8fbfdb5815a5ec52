/**
 * Networks as ONNX graphs: {@link org.stjem.acoustic.onnx.OnnxGraph} writes one, {@link
 * org.stjem.acoustic.onnx.MlpGraph} the perceptrons of this project in float32 or in eight bits.
 * Knows nothing of frames, pdfs and priors, and loads no engine.
 */
package org.stjem.acoustic.onnx;
