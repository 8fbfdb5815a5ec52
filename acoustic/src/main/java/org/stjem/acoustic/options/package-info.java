/** Command-line options that commands of several modules have, declared once. */
package org.stjem.acoustic.options;
