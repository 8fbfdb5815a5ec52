package org.stjem.acoustic.serving;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;

/**
 * Names {@code HOST:PORT,HOST:PORT} for gRPC, which itself knows single names only. Each server is
 * checked against the certificate of its own name.
 */
final class AddressList extends NameResolverProvider {
  private static final Logger LOG = LoggerFactory.getLogger(AddressList.class);
  private static final String SCHEME = "address-list";

  /** The target of a list of addresses; others are their own. */
  static String target(String server) {
    if (!server.contains(",")) {
      return server;
    }
    List<URI> servers = parse(server);
    try {
      return new URI(SCHEME, null, "/" + server, null).toString();
    } catch (URISyntaxException e) {
      throw new StjemException("cannot connect to " + servers + ": " + e.getMessage(), e);
    }
  }

  private static List<URI> parse(String list) {
    return Arrays.stream(list.split(",", -1)).map(AddressList::address).toList();
  }

  private static URI address(String server) {
    try {
      URI address = new URI(null, server, null, null, null);
      if (address.getHost() != null && address.getPort() >= 0) {
        return address;
      }
    } catch (URISyntaxException e) {
      // The same as an address without port.
    }
    throw new StjemException("cannot connect to '" + server + "', which is not HOST:PORT");
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return SCHEME.equals(target.getScheme())
        ? new Resolver(parse(target.getPath().substring(1)), args)
        : null;
  }

  /** Looks all hosts of a list up. */
  private static final class Resolver extends NameResolver {
    private final List<URI> servers;
    private final Args args;
    private Listener2 listener;

    Resolver(List<URI> servers, Args args) {
      this.servers = servers;
      this.args = args;
    }

    @Override
    public String getServiceAuthority() {
      return servers.get(0).getAuthority();
    }

    @Override
    public void start(Listener2 listener) {
      this.listener = listener;
      refresh();
    }

    @Override
    public void refresh() {
      args.getOffloadExecutor().execute(this::lookUp);
    }

    private void lookUp() {
      List<EquivalentAddressGroup> groups = new ArrayList<>();
      String unknown = "";
      for (URI server : servers) {
        // Brackets belong to the notation of IPv6 in addresses with a port, not to the host.
        String host = server.getHost().replaceAll("[\\[\\]]", "");
        try {
          List<SocketAddress> addresses = new ArrayList<>();
          for (InetAddress address : InetAddress.getAllByName(host)) {
            addresses.add(new InetSocketAddress(address, server.getPort()));
          }
          groups.add(
              new EquivalentAddressGroup(
                  addresses,
                  Attributes.newBuilder()
                      .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, server.getAuthority())
                      .build()));
        } catch (UnknownHostException e) {
          unknown = "no address is known for host " + host;
          LOG.warn("{}", unknown);
        }
      }
      ResolutionResult result =
          ResolutionResult.newBuilder()
              .setAddressesOrError(
                  groups.isEmpty()
                      ? StatusOr.fromStatus(Status.UNAVAILABLE.withDescription(unknown))
                      : StatusOr.fromValue(groups))
              .build();
      args.getSynchronizationContext().execute(() -> listener.onResult2(result));
    }

    @Override
    public void shutdown() {}
  }
}
