/**
 * Lexica and what is made of them: Kaldi's {@code lang} directory with phones, words, topology and
 * the lexicon as a transducer (utils/prepare_lang.sh).
 *
 * <p>{@link org.stjem.frontend.lang.Dictionary} reads, {@link
 * org.stjem.frontend.lang.LangDirectory} writes.
 */
package org.stjem.frontend.lang;
