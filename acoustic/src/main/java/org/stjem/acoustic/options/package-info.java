/** Command-line options of the energy core, declared once for speech and images. */
package org.stjem.acoustic.options;
