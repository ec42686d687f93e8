package io.knit.core.server.rendering;

import io.knit.api.command.Rendering.File;
import io.knit.api.command.Value;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.core.server.schedule.fit.PortAssigner;
import io.knit.core.template.TemplateEngine;
import io.knit.core.template.TemplateModel;
import io.knit.core.template.bound.Budget;
import io.knit.core.template.bound.ValueReader;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The files that a revision's templates become on a node. */
final class NodeFiles {
    private static final String ANGLED = "<instance.id>";

    private final TemplateEngine engine;
    private final Side side;
    private final StandIns standIns;
    private final Node node;
    private final @Nullable Integer slot;
    private final List<Budget> budgets;

    /** @param slot null: which one is not known */
    NodeFiles(TemplateEngine engine, Side side, StandIns standIns, Node node, @Nullable Integer slot) {
        this.engine = engine;
        this.side = side;
        this.standIns = standIns;
        this.node = node;
        this.slot = slot;
        this.budgets = List.of(new Budget(side.reader(0)), new Budget(side.reader(1)));
    }

    /** By their destinations, in the order of the spec, compared with nothing. */
    Map<String, File> all() {
        Map<String, File> files = new LinkedHashMap<>();
        for (TemplateSpec template : side.spec().templates()) {
            files.put(template.destination(), file(template));
        }
        return files;
    }

    private File file(TemplateSpec template) {
        String text;
        try {
            Value.Content given =
                    template.source().isEmpty() ? Value.Content.of(template.content()) : side.file(template.source());
            text = given.text().orElse(null);
            if (template.engine() == TemplateSpec.Engine.NONE || text == null) {
                return asItIs(template, given);
            }
        } catch (ValueReader.MissingException e) {
            return problem(template, String.valueOf(e.getMessage()));
        }
        side.masked();
        side.by(template);
        Set<String> unknown = new TreeSet<>();
        List<String> twins = new ArrayList<>();
        for (int twin = 0; twin < 2; twin++) {
            try {
                twins.add(standIns.shown(
                        engine.render(template.with(text), model(twin), budgets.get(twin)), twin, unknown));
            } catch (KnitException e) {
                return problem(template, standIns.shown(String.valueOf(e.getMessage()), twin));
            }
        }
        unknown.addAll(side.masked());
        return shown(template, twins.get(0), twins.get(1), unknown);
    }

    /** Lines that are not the same with both twins are none that could be shown. */
    private static File shown(TemplateSpec template, String one, String other, Set<String> unknown) {
        List<String> lines = LineDiff.lines(one);
        List<Integer> workedOut = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        BitSet same = one.equals(other) ? new BitSet() : LineDiff.common(lines, LineDiff.lines(other));
        if (one.equals(other)) {
            same.set(0, lines.size());
        }
        for (int i = 0; i < lines.size(); i++) {
            if (same.get(i)) {
                text.append(lines.get(i));
            } else {
                workedOut.add(i + 1);
                text.append("***").append(lines.get(i).endsWith("\n") ? "\n" : "");
            }
        }
        return new File(
                template.destination(), text.toString(), null, List.copyOf(unknown), workedOut, "", false, null);
    }

    private static File asItIs(TemplateSpec template, Value.Content given) {
        String text = given.text().orElse(null);
        if (template.engine() != TemplateSpec.Engine.NONE) {
            return problem(template, "the file " + template.source() + " is no text in UTF-8");
        }
        return new File(
                template.destination(),
                text,
                text == null ? Base64.getEncoder().encodeToString(given.bytes()) : null,
                List.of(),
                List.of(),
                "",
                false,
                null);
    }

    private static File problem(TemplateSpec template, String words) {
        return new File(template.destination(), null, null, List.of(), List.of(), words, false, null);
    }

    /** As the agent's, but for what it is told with its orders alone. Labels are those that the agent was started with, which are all that it knows. */
    private Map<String, Object> model(int twin) {
        DeploymentSpec spec = side.spec();
        List<PortBinding> ports = new ArrayList<>();
        for (PortSpec port : spec.published()) {
            int hostPort = port.hostPort() == 0
                    ? standIns.number("instance.ports[" + ports.size() + "].host_port", twin)
                    : port.hostPort();
            ports.add(PortAssigner.resolve(port, node, hostPort));
        }
        return TemplateModel.create()
                .node(node.id(), node.hostname(), node.facts().labels(), node.meshIp())
                .deployment(spec.name(), side.revision().number(), spec.labels(), spec.image())
                .instance(
                        standIns.text("instance.id", ANGLED, twin),
                        slot == null ? standIns.number("instance.slot", twin) : slot,
                        ports)
                .env(spec.env())
                .build();
    }
}
