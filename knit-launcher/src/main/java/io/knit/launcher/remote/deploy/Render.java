package io.knit.launcher.remote.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.client.KnitClient;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.template.TemplateEngine;
import io.knit.core.template.TemplateModel;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.typed.Refused;
import io.knit.launcher.remote.typed.SetOption;
import io.knit.launcher.remote.typed.SpecFiles;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A spec's templates, rendered here as an agent would on a node of the cluster. */
@Command(name = "render", description = "Renders a file's templates as an agent would on a node, and deploys nothing.")
final class Render extends Remote {
    private static final int SOME_PORT = 20_000;

    @Parameters(paramLabel = "FILE", description = "One document, in JSON or YAML; - is standard input.")
    private String file = "";

    @Option(names = "--node", paramLabel = "NODE", description = "As on which node. Default: the first that is ready.")
    private String wanted = "";

    @Option(names = "--set", paramLabel = "PATH=VALUE", description = "As with deploy.")
    private final List<String> values = new ArrayList<>();

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        List<ObjectNode> all = SpecFiles.read(List.of(file), System.in);
        if (all.size() > 1) {
            throw new IllegalArgumentException(file + " has " + all.size() + " documents; give one");
        }
        SetOption.put(values, all.get(0));
        TemplateEngine engine = new TemplateEngine();
        ObjectNode files = JsonNodeFactory.instance.objectNode();
        try {
            DeploymentSpec spec = new Admission(engine)
                    .admit(SpecReader.read(all.get(0).toString().getBytes(StandardCharsets.UTF_8)));
            Map<String, Object> model = model(spec, node(knit));
            for (TemplateSpec template : spec.templates()) {
                files.put(template.destination(), engine.render(template.content(), model));
            }
        } catch (KnitException e) {
            Refusals.of(e)
                    .forEach(problem -> complain(
                            (problem.pointer() == null ? "" : problem.pointer() + ": ") + problem.getMessage(),
                            "",
                            console));
            return Exit.REFUSED;
        }
        printer.print(files, Render::names, Render::lines);
        return Exit.OK;
    }

    private JsonNode node(KnitClient knit) {
        JsonNode nodes = knit.nodes().path("nodes");
        for (JsonNode node : nodes) {
            boolean fits = wanted.isEmpty()
                    ? Listings.text(node, "state").equals("ready")
                    : Listings.text(node, "id").equals(wanted);
            if (fits) {
                return node;
            }
        }
        throw new Refused(
                wanted.isEmpty()
                        ? "no node is ready, and what a template sees is a node's; start an agent"
                        : "there is no node " + wanted + "; knit nodes shows them");
    }

    /** What is known only once it runs is made up: the instance's id, and ports that are assigned. */
    private static Map<String, Object> model(DeploymentSpec spec, JsonNode node) {
        Map<String, String> labels = new LinkedHashMap<>();
        node.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        String mesh = Listings.text(node, "mesh_ip");
        List<PortBinding> ports = new ArrayList<>();
        for (PortSpec port : spec.published()) {
            ports.add(new PortBinding(
                    ip(port.hostIp(), mesh),
                    port.hostPort() == 0 ? SOME_PORT + ports.size() : port.hostPort(),
                    port.containerPort(),
                    port.protocol()));
        }
        return TemplateModel.create()
                .node(Listings.text(node, "id"), Listings.text(node, "hostname"), labels, mesh.isEmpty() ? null : mesh)
                .deployment(spec.name(), 1, spec.labels(), spec.image())
                .instance(spec.name() + "-0-sample", 0, ports)
                .env(spec.env())
                .build();
    }

    private static String ip(@Nullable String given, String mesh) {
        boolean own = given == null || given.equals("mesh");
        return own ? (mesh.isEmpty() ? "127.0.0.1" : mesh) : Objects.requireNonNull(given);
    }

    private static List<String> names(JsonNode files) {
        List<String> names = new ArrayList<>();
        files.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** One file is printed as it is, several with their names between. */
    private static List<String> lines(JsonNode files) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, JsonNode> file : files.properties()) {
            if (files.size() > 1) {
                lines.add("==> " + file.getKey() + " <==");
            }
            file.getValue().asText().lines().forEach(lines::add);
        }
        return lines.isEmpty() ? List.of("no templates") : lines;
    }
}
