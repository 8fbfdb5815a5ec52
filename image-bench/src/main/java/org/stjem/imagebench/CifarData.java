package org.stjem.imagebench;

/**
 * A data set of pictures.
 *
 * @param name what it is called in results
 * @param train training pictures
 * @param test test pictures, of the same classes
 */
public record CifarData(String name, CifarImages train, CifarImages test) {}
