package org.stjem.frontend.kaldi;

/**
 * How values of one type stand in a Kaldi table (util/kaldi-holder.h). Holders keep no state.
 *
 * @param <T> type of the values
 */
public interface Holder<T> extends ObjectReader<T>, ObjectWriter<T> {}
