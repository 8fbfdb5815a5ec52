/**
 * The CIFAR experiments of the ST-JEM paper (appendix B) on the energy core that speech uses: image
 * sets, JEM's augmentation, wide residual networks, training, evaluation and samples.
 */
package org.stjem.imagebench;
