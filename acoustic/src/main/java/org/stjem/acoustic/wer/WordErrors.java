package org.stjem.acoustic.wer;

import java.util.List;

/**
 * The errors of one hypothesis: the fewest edits that turn the reference into it.
 *
 * @param insertions words of the hypothesis that match no word of the reference
 * @param deletions words of the reference that match no word of the hypothesis
 * @param substitutions words of the reference matched with another word
 */
public record WordErrors(int insertions, int deletions, int substitutions) {

  /** All errors. */
  public int total() {
    return insertions + deletions + substitutions;
  }

  /**
   * Counts the errors of a hypothesis. Where several alignments have equally few errors, the counts
   * are those of Kaldi's {@code LevenshteinEditDistance} (util/edit-distance-inl.h), which takes an
   * insertion before a deletion before a substitution. Time is proportional to the product of the
   * lengths.
   */
  public static WordErrors count(List<String> reference, List<String> hypothesis) {
    int columns = reference.size() + 1;
    int[] insertions = new int[columns];
    int[] deletions = new int[columns];
    int[] substitutions = new int[columns];
    for (int r = 0; r < columns; r++) {
      deletions[r] = r;
    }
    for (String word : hypothesis) {
      // The cell left of and above the current one, before the row above was overwritten.
      int diagonalInsertions = insertions[0];
      int diagonalDeletions = deletions[0];
      int diagonalSubstitutions = substitutions[0];
      insertions[0]++;
      for (int r = 1; r < columns; r++) {
        int differs = word.equals(reference.get(r - 1)) ? 0 : 1;
        int inserting = insertions[r] + deletions[r] + substitutions[r] + 1;
        int deleting = insertions[r - 1] + deletions[r - 1] + substitutions[r - 1] + 1;
        int matching = diagonalInsertions + diagonalDeletions + diagonalSubstitutions + differs;
        int aboveInsertions = insertions[r];
        int aboveDeletions = deletions[r];
        int aboveSubstitutions = substitutions[r];
        if (matching < inserting && matching < deleting) {
          insertions[r] = diagonalInsertions;
          deletions[r] = diagonalDeletions;
          substitutions[r] = diagonalSubstitutions + differs;
        } else if (deleting < inserting) {
          insertions[r] = insertions[r - 1];
          deletions[r] = deletions[r - 1] + 1;
          substitutions[r] = substitutions[r - 1];
        } else {
          insertions[r]++;
        }
        diagonalInsertions = aboveInsertions;
        diagonalDeletions = aboveDeletions;
        diagonalSubstitutions = aboveSubstitutions;
      }
    }
    int end = columns - 1;
    return new WordErrors(insertions[end], deletions[end], substitutions[end]);
  }
}
