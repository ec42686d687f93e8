package io.knit.core.template;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a template can read: {@code node {id hostname labels mesh_ip}}, {@code deployment {name revision labels image}},
 * {@code instance {id slot ports}}, a port being {@code {host_ip host_port container_port protocol}}, the same {@code ports} at the top, and {@code env}. Nothing is
 * ever null: a node without a mesh has the empty string as {@code mesh_ip}. Not thread-safe.
 */
public final class TemplateModel {
    private static final String PORTS = "ports";
    /** What the four parts come to. */
    private static final int NAMES = 5;

    private final Map<String, Object> values = new LinkedHashMap<>();

    private TemplateModel() {}

    public static TemplateModel create() {
        return new TemplateModel();
    }

    public TemplateModel node(String id, String hostname, Map<String, String> labels, @Nullable String meshIp) {
        values.put(
                "node",
                Map.of(
                        "id",
                        id,
                        "hostname",
                        hostname,
                        "labels",
                        new LinkedHashMap<>(labels),
                        "mesh_ip",
                        Objects.requireNonNullElse(meshIp, "")));
        return this;
    }

    /** @param labels the deployment's, which are also the container's */
    public TemplateModel deployment(String name, int revision, Map<String, String> labels, String image) {
        values.put(
                "deployment",
                Map.of("name", name, "revision", revision, "labels", new LinkedHashMap<>(labels), "image", image));
        return this;
    }

    /** @param ports as they are published on the node, in the order of the spec */
    public TemplateModel instance(String id, int slot, List<PortBinding> ports) {
        List<Map<String, Object>> shown = new ArrayList<>();
        for (PortBinding port : ports) {
            shown.add(Map.of(
                    "host_ip", port.hostIp(),
                    "host_port", port.hostPort(),
                    "container_port", port.containerPort(),
                    "protocol", port.protocol().name().toLowerCase(Locale.ROOT)));
        }
        values.put("instance", Map.of("id", id, "slot", slot, PORTS, shown));
        values.put(PORTS, shown);
        return this;
    }

    /**
     * One of those that {@code service("web")} is a list of.
     *
     * @param address where the reader of the file reaches it
     * @param ports what it has there, at least one; the first is {@code port}
     */
    public static Map<String, Object> endpoint(String instance, String node, String address, List<ServicePort> ports) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (ServicePort port : ports) {
            all.add(Map.of(
                    "port",
                    port.port(),
                    "container_port",
                    port.containerPort(),
                    "protocol",
                    port.protocol().name().toLowerCase(Locale.ROOT)));
        }
        return Map.of(
                "instance",
                instance,
                "node",
                node,
                "address",
                address,
                "port",
                ports.get(0).port(),
                "ports",
                all);
    }

    /** A port of an instance, as the reader of a file reaches it. */
    public record ServicePort(int port, int containerPort, Protocol protocol) {}

    /** A made-up one. */
    static Map<String, Object> sampleEndpoint(String service) {
        return endpoint(
                service + "-0-sample", "node-1", "10.54.0.1", List.of(new ServicePort(20_000, 80, Protocol.TCP)));
    }

    public TemplateModel env(Map<String, String> env) {
        values.put("env", new LinkedHashMap<>(env));
        return this;
    }

    /**
     * The model as {@link TemplateEngine} takes it; a copy.
     *
     * @throws IllegalStateException if one of the four parts was not given
     */
    public Map<String, Object> build() {
        if (values.size() != NAMES) {
            throw new IllegalStateException(
                    "has only " + values.keySet() + "; give node, deployment, instance and env");
        }
        return new LinkedHashMap<>(values);
    }

    /** A made-up instance of this spec: what is not known before it is placed has plausible values. */
    static Map<String, Object> sample(DeploymentSpec spec) {
        List<PortBinding> ports = new ArrayList<>();
        for (PortSpec port : spec.published()) {
            int hostPort = port.hostPort() == 0 ? 20_000 : port.hostPort();
            ports.add(new PortBinding("10.54.0.1", hostPort, port.containerPort(), port.protocol()));
        }
        Map<String, Object> model = create().node("node-1", "node-1", Map.of(), "10.54.0.1")
                .deployment(spec.name(), 1, spec.labels(), spec.image())
                .instance(spec.name() + "-0-sample", 0, ports)
                .env(spec.env())
                .build();
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("id", "node-1");
        node.put("hostname", "node-1");
        node.put("labels", new UnknownLabels(spec.nodeSelector()));
        node.put("mesh_ip", "10.54.0.1");
        model.put("node", node);
        return model;
    }

    /** Labels of a node that is not chosen yet: it may have any, and certainly those that the selector asks for. */
    static final class UnknownLabels extends HashMap<String, String> {
        private static final long serialVersionUID = 1L;
        private boolean guessed;

        UnknownLabels(Map<String, String> known) {
            super(known);
        }

        @Override
        public boolean containsKey(Object key) {
            return true;
        }

        @Override
        public String get(Object key) {
            String value = super.get(key);
            guessed |= value == null;
            return value == null ? "label" : value;
        }

        @Override
        public boolean isEmpty() {
            guessed = true;
            return super.isEmpty();
        }

        boolean guessed() {
            return guessed;
        }
    }
}
