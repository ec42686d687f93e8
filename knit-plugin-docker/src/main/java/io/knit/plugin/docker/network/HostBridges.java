package io.knit.plugin.docker.network;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Network;
import io.knit.api.spi.runtime.Bridge;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.engine.Work;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The engine's own bridge and the cluster's networks, where this host has an address on them: an engine may be in a machine of its own. */
public final class HostBridges implements Work<List<Bridge>> {
    private static final String OWN = "bridge";

    private final String cluster;

    public HostBridges(String cluster) {
        this.cluster = cluster;
    }

    @Override
    public List<Bridge> run(DockerClient client) {
        List<Network> networks = new ArrayList<>();
        try {
            networks.add(client.inspectNetworkCmd().withNetworkId(OWN).exec());
        } catch (NotFoundException e) {
            // the engine was started without one
            return List.of();
        }
        if (!cluster.isEmpty()) {
            networks.addAll(client.listNetworksCmd()
                    .withFilter("label", List.of(KnitLabels.CLUSTER + "=" + cluster, KnitLabels.NETWORK))
                    .exec());
        }
        List<Bridge> bridges = new ArrayList<>();
        for (Network network : networks) {
            Optional<Bridge> bridge = bridge(network).filter(it -> isOurs(it.gateway()));
            if (bridges.isEmpty() && bridge.isEmpty()) {
                return List.of();
            }
            bridge.ifPresent(bridges::add);
        }
        return bridges;
    }

    private static Optional<Bridge> bridge(Network network) {
        if (network.getIpam() == null || network.getIpam().getConfig() == null) {
            return Optional.empty();
        }
        for (Network.Ipam.Config config : network.getIpam().getConfig()) {
            String subnet = config.getSubnet();
            if (subnet != null && subnet.indexOf('.') > 0) {
                String gateway = config.getGateway() == null ? first(subnet) : plain(config.getGateway());
                return Optional.of(new Bridge(gateway, subnet));
            }
        }
        return Optional.empty();
    }

    /** Some engines name it as {@code 172.18.0.1/16}. */
    private static String plain(String gateway) {
        int slash = gateway.indexOf('/');
        return slash < 0 ? gateway : gateway.substring(0, slash);
    }

    /** What an engine gives itself that does not say: the first address after the network's own. */
    private static String first(String subnet) {
        try {
            byte[] address = InetAddress.getByName(plain(subnet)).getAddress();
            for (int i = address.length - 1; i >= 0 && ++address[i] == 0; i--) {
                // to the byte before
            }
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            return "";
        }
    }

    private static boolean isOurs(String address) {
        try {
            return !address.isEmpty() && NetworkInterface.getByInetAddress(InetAddress.getByName(address)) != null;
        } catch (SocketException | UnknownHostException e) {
            return false;
        }
    }
}
