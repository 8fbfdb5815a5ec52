/** Features spoilt on purpose, with a mask of what was spoilt, and simple ways to mend them. */
package org.stjem.frontend.corrupt;
