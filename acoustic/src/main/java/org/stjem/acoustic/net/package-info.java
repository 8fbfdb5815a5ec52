/** Acoustic networks, the folder that describes and holds one, and what its logits turn into. */
package org.stjem.acoustic.net;
