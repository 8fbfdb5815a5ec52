/**
 * Charts: {@link org.stjem.acoustic.plot.Chart} puts curves and bars on a {@link
 * org.stjem.acoustic.plot.Drawing}, which becomes SVG, and where fonts are installed PNG.
 */
package org.stjem.acoustic.plot;
