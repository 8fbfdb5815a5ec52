/** The commands of {@code stjem image-bench}. */
package org.stjem.imagebench.cli;
