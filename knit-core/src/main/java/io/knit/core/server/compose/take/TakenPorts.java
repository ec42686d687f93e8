package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Spot;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Ports, short and long, and ranges of them, and those that are exposed. */
final class TakenPorts {
    private static final String ALL = "0.0.0.0";
    private static final Pattern SHORT =
            Pattern.compile("(?:(?<ip>\\[[0-9A-Fa-f:.]+]|\\d+(?:\\.\\d+){3}):)?(?:(?<host>[0-9-]*):)?"
                    + "(?<container>[0-9-]+)(?:/(?<protocol>[A-Za-z]+))?");
    private static final Pattern EXPOSED = Pattern.compile("(?<container>[0-9-]+)(?:/(?<protocol>[A-Za-z]+))?");
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");
    private static final String FORM =
            "write PORT, HOST_PORT:PORT or ADDRESS:HOST_PORT:PORT, with /udp behind it for UDP";

    private final ServiceReading in;

    TakenPorts(ServiceReading in) {
        this.in = in;
    }

    void take() {
        in.given("ports").ifPresent(part -> in.each(part, "ports", this::port));
        in.given("expose").ifPresent(this::expose);
    }

    private void expose(Part part) {
        String network = in.draft.json().path("network").asText();
        if (network.equals("host") || network.equals("none")) {
            in.remark(part.spot(), "expose: with the network " + network + " nothing is published", "leave it out");
            return;
        }
        if (TakenNetwork.isInternal(in.draft.json())) {
            in.remark(
                    part.spot(),
                    "expose: its networks are internal, and no other node is led into them",
                    "leave it out");
            return;
        }
        in.items(part, "expose");
        in.values(part, "expose").forEach(this::exposed);
    }

    private void exposed(Part each) {
        Matcher parts = EXPOSED.matcher(each.text());
        Optional<Run> run = parts.matches() ? Run.of(parts.group("container")) : Optional.empty();
        if (run.isEmpty()) {
            in.refuse(
                    each.spot(),
                    "expose: " + each.text() + " is no port of a container",
                    "write PORT or FIRST-LAST, with /udp behind it for UDP");
            return;
        }
        String protocol = parts.group("protocol");
        for (int i = 0; i < run.get().many(); i++) {
            ObjectNode port = JsonNodeFactory.instance.objectNode().put("container_port", run.get().first + i);
            if (protocol != null) {
                port.put("protocol", protocol.toLowerCase(Locale.ROOT));
            }
            in.draft.add("expose", each.spot(), port);
        }
    }

    private void port(Part part, boolean isLong) {
        if (isLong) {
            longPort(part);
            return;
        }
        Matcher parts = SHORT.matcher(part.text());
        if (!parts.matches()) {
            in.refuse(part.spot(), "ports: " + part.text() + " is no port", FORM);
            return;
        }
        ports(part.spot(), parts.group("ip"), parts.group("host"), parts.group("container"), parts.group("protocol"));
    }

    private void longPort(Part part) {
        String target = textOf(part, "target");
        if (target == null) {
            in.refuse(part.spot(), "a port has no target", "write target: with the container's port");
            return;
        }
        String mode = textOf(part, "mode");
        if ("ingress".equals(mode)) {
            in.remark(
                    part.spotOf("mode"),
                    "mode: ingress: only nodes that run it answer on the port",
                    "put a proxy before it, or have it on each node (deploy: {mode: global})");
        } else if (mode != null && !mode.equals("host")) {
            in.refuse(part.spotOf("mode"), "mode: " + mode + " is not known", "give host");
        }
        ports(part.spot(), textOf(part, "host_ip"), textOf(part, "published"), target, textOf(part, "protocol"));
    }

    private @Nullable String textOf(Part part, String name) {
        return ServiceReading.given(part, name)
                .flatMap(each -> in.text(each, name))
                .orElse(null);
    }

    private void ports(
            Spot at, @Nullable String ip, @Nullable String host, String container, @Nullable String protocol) {
        Optional<Run> inside = Run.of(container);
        Optional<Run> outside = host == null || host.isEmpty() ? Optional.of(new Run(0, 0)) : Run.of(host);
        if (inside.isEmpty() || outside.isEmpty()) {
            in.refuse(at, "ports: the range goes backwards, or is none", FORM);
            return;
        }
        boolean assigned = outside.get().first == 0;
        int many = inside.get().many();
        if (!assigned && outside.get().many() != many) {
            in.refuse(
                    at,
                    "ports: " + outside.get().many() + " ports of the host are given for " + many + " of the container",
                    "give as many, or leave the host's out and one is assigned");
            return;
        }
        String bare = ip == null || ip.isEmpty() ? ALL : ip.replaceAll("[\\[\\]]", "");
        for (int i = 0; i < many; i++) {
            ObjectNode port = JsonNodeFactory.instance.objectNode().put("host_ip", bare);
            if (!assigned) {
                port.put("host_port", outside.get().first + i);
            }
            port.put("container_port", inside.get().first + i);
            if (protocol != null) {
                port.put("protocol", protocol.toLowerCase(Locale.ROOT));
            }
            in.draft.add("ports", at, port);
        }
    }

    /** From a first port to a last. */
    private record Run(int first, int last) {
        private static final int MOST = 200;

        static Optional<Run> of(String text) {
            Matcher parts = RANGE.matcher(text);
            if (!parts.matches()) {
                return Optional.empty();
            }
            int first = Integer.parseInt(parts.group(1));
            int last = parts.group(2) == null ? first : Integer.parseInt(parts.group(2));
            // more than a spec can have are cut off, and refused as too many
            return last < first ? Optional.empty() : Optional.of(new Run(first, Math.min(last, first + MOST)));
        }

        int many() {
            return last - first + 1;
        }
    }
}
