package io.knit.core.agent.engine;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.PartSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.model.Resources;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.core.rules.DestinationRules;
import io.knit.core.rules.ImageReference;
import io.knit.core.rules.IpAddress;
import io.knit.core.rules.process.HostAccess;
import io.knit.core.wire.Assignment;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether an order may reach the engine and the disk. A server refuses all of this at its door; what comes here all the same is a
 * server's fault or a forgery, and an engine takes it for something else: it publishes on every address what names none.
 */
public final class OrderRules {
    private static final Pattern DEPLOYMENT = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern ENV_KEY = Pattern.compile("[^=\\p{Cntrl}\\s]{1,256}");
    private static final int MAX_PORT = 65_535;
    private static final int MOST_PORTS = 128;
    private static final int MOST_TEMPLATES = 32;
    private static final int MOST_QUOTED = 60;

    private OrderRules() {}

    /** @throws KnitException with {@code INVALID_VALUE}: it is not to run here */
    static void check(Assignment order, DeploymentSpec spec) {
        refuse(fault(order, spec));
    }

    /** @throws KnitException with {@code INVALID_VALUE}: it is not to be fetched here */
    public static void checkImage(String image) {
        refuse(imageFault(image));
    }

    /**
     * What reaches beyond the container is the host's to grant, whatever a server says.
     *
     * @throws KnitException with {@code INVALID_VALUE}: it is not to run here
     */
    static void checkAllowed(List<String> needed, List<String> allowed, String node) {
        List<String> lacking = HostAccess.lacking(needed, allowed);
        if (!lacking.isEmpty()) {
            String words = String.join(",", lacking);
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the agent of " + node + " doesn't allow " + String.join(", ", lacking) + ": start it with --allow "
                            + words + ", or run this elsewhere");
        }
    }

    /** An order of a later server. */
    static KnitException unreadable(String why) {
        return new KnitException(
                ErrorCode.INVALID_VALUE,
                "this node's agent can't read what the server ordered: " + why + "; upgrade the agent");
    }

    private static void refuse(@Nullable String fault) {
        if (fault != null) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the server ordered what the node refuses: " + fault
                            + "; see what the server runs and who may write to it");
        }
    }

    private static @Nullable String fault(Assignment order, DeploymentSpec spec) {
        if (!DEPLOYMENT.matcher(order.deployment()).matches()) {
            return "the deployment's name " + quoted(order.deployment()) + " is not a DNS label";
        }
        String image = imageFault(spec.image());
        if (image != null) {
            return image;
        }
        for (PartSpec part : spec.initContainers()) {
            String fault = fault(
                    "init container",
                    part.name(),
                    part.image(),
                    part.env(),
                    part.entrypoint(),
                    part.command(),
                    part.args());
            if (fault != null) {
                return fault;
            }
        }
        for (SidecarSpec it : spec.sidecars()) {
            String fault = fault("sidecar", it.name(), it.image(), it.env(), it.entrypoint(), it.command(), it.args());
            if (fault != null) {
                return fault;
            }
        }
        if (order.ports().size() > MOST_PORTS || spec.templates().size() > MOST_TEMPLATES) {
            return "it has " + order.ports().size() + " ports and "
                    + spec.templates().size() + " templates";
        }
        int pids = spec.resources().pids();
        if (pids < Resources.UNLIMITED) {
            return "resources.pids is " + pids;
        }
        Resources asked = spec.resources();
        if (asked.cpu() < 0 || asked.memory() < 0 || asked.memoryMax() < 0 || asked.gpus() < 0) {
            return "resources are below zero";
        }
        String network = spec.network().network();
        boolean apart = network.equals(NetworkSpec.HOST) || network.equals(NetworkSpec.NONE);
        for (PortBinding port : order.ports()) {
            String fault = apart && port.relay() ? "a relay with the network " + network : fault(port);
            if (fault != null) {
                return fault;
            }
        }
        for (TemplateSpec template : spec.templates()) {
            String fault = DestinationRules.fault(template.destination());
            if (fault != null) {
                return "the destination " + quoted(template.destination()) + " " + fault;
            }
        }
        String reaches = HostAccess.fault(spec);
        return reaches != null ? reaches : texts(spec);
    }

    @SafeVarargs
    private static @Nullable String fault(
            String what, String name, String image, Map<String, String> env, List<String>... words) {
        if (!DEPLOYMENT.matcher(name).matches()) {
            return "the " + what + "'s name " + quoted(name) + " is not a DNS label";
        }
        String fault = imageFault(image);
        return fault != null ? fault : texts(env, List.of(words));
    }

    private static @Nullable String imageFault(String image) {
        String fault = ImageReference.fault(image);
        return fault == null ? null : "the image " + quoted(image) + " " + fault;
    }

    private static @Nullable String fault(PortBinding port) {
        if (IpAddress.canonical(port.hostIp()) == null) {
            return "host_ip " + quoted(port.hostIp()) + " is not an IP address";
        }
        if (port.relay() && port.protocol() != Protocol.TCP) {
            return "a relay of " + port.hostPort() + "/udp, and relays are of TCP";
        }
        boolean ports = isPort(port.hostPort()) && isPort(port.containerPort());
        return ports ? null : "the ports " + port.hostPort() + ":" + port.containerPort() + " are not 1 to 65535";
    }

    private static boolean isPort(int port) {
        return port >= 1 && port <= MAX_PORT;
    }

    private static @Nullable String texts(DeploymentSpec spec) {
        for (Map.Entry<String, String> label : spec.labels().entrySet()) {
            if (label.getKey().isEmpty() || hasNul(label.getKey()) || hasNul(label.getValue())) {
                return "labels: " + quoted(label.getKey()) + " is empty or has a NUL character";
            }
        }
        return texts(spec.env(), List.of(spec.command(), spec.args()));
    }

    private static @Nullable String texts(Map<String, String> env, List<List<String>> words) {
        for (Map.Entry<String, String> variable : env.entrySet()) {
            if (!ENV_KEY.matcher(variable.getKey()).matches()) {
                return "env: " + quoted(variable.getKey()) + " is not a variable's name";
            }
            if (hasNul(variable.getValue())) {
                return "env: the value of " + variable.getKey() + " has a NUL character";
            }
        }
        boolean nul = words.stream().flatMap(List::stream).anyMatch(OrderRules::hasNul);
        return nul ? "command or args have a NUL character" : null;
    }

    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }

    /** Short and without what could move a terminal's cursor. */
    private static String quoted(String text) {
        String plain = text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "\uFFFD");
        return '"' + (plain.length() <= MOST_QUOTED ? plain : plain.substring(0, MOST_QUOTED) + "…") + '"';
    }
}
