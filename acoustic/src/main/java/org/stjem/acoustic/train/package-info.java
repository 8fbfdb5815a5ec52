/** Training of acoustic models: a corpus, an energy trainer and a model folder put together. */
package org.stjem.acoustic.train;
