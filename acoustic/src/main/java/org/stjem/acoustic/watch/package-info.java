/**
 * A page on which one watches a model listen: {@link org.stjem.acoustic.watch.WatchServer} serves
 * it and the numbers behind its pictures, which {@link org.stjem.acoustic.watch.Watcher} computes
 * anew as a sound grows.
 */
package org.stjem.acoustic.watch;
