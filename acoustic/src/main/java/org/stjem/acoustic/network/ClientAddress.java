package org.stjem.acoustic.network;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An address as connections are counted by it: all of an IPv4 address, the network of an IPv6
 * address, since a single host commonly has its whole /64.
 *
 * @param text the address or network
 */
public record ClientAddress(String text) {
  private static final int NETWORK_BYTES = 8;

  /** The address a connection comes from. */
  public static ClientAddress of(SocketAddress remote) {
    return remote instanceof InetSocketAddress internet && internet.getAddress() != null
        ? of(internet.getAddress())
        : new ClientAddress(String.valueOf(remote));
  }

  private static ClientAddress of(InetAddress address) {
    if (address instanceof Inet6Address) {
      byte[] network = Arrays.copyOf(address.getAddress(), NETWORK_BYTES);
      return new ClientAddress(HexFormat.of().formatHex(network) + "/64");
    }
    return new ClientAddress(address.getHostAddress());
  }

  @Override
  public String toString() {
    return text;
  }
}
