/**
 * Word errors: alignment of references and hypotheses, error rates and their significance, tables
 * per speaker and per word pair, and the files that NIST's scoring programs take. Knows texts only.
 */
package org.stjem.acoustic.wer;
