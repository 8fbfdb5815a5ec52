/**
 * Kaldi data directories: their consistency (utils/validate_data_dir.sh), the segments of their
 * recordings (featbin/extract-segments.cc) and their features (steps/make_fbank.sh,
 * steps/compute_cmvn_stats.sh).
 */
package org.stjem.frontend.data;
