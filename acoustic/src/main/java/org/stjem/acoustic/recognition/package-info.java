/**
 * From audio to words: {@link org.stjem.acoustic.recognition.Recognizer} holds a model and a
 * decoding graph, {@link org.stjem.acoustic.recognition.RecognitionStream} takes the samples of one
 * recording as they come and makes features, scores and words of them in step.
 */
package org.stjem.acoustic.recognition;
