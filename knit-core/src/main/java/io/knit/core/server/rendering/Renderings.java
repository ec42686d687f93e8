package io.knit.core.server.rendering;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.command.Rendering;
import io.knit.api.command.Rendering.File;
import io.knit.api.command.Rendering.OnNode;
import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.Node;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.command.Commands;
import io.knit.core.server.rehearsal.Rehearsal;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import io.knit.core.template.TemplateEngine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the templates of a spec would become. Takes some time, and as much room as its answer; both are bounded. */
public final class Renderings {
    /** Others are counted; one of them can be asked for by name. */
    static final int MOST_NODES = 10;
    /** Characters of all files and differences together. */
    static final int MOST_SHOWN = 8 << 20;

    private final TemplateEngine engine;
    private final ClusterState state;
    private final Caller caller;
    private final Revision next;
    private final @Nullable Revision current;
    private int room = MOST_SHOWN;

    private Renderings(
            TemplateEngine engine, ClusterState state, Caller caller, Revision next, @Nullable Revision current) {
        this.engine = engine;
        this.state = state;
        this.caller = caller;
        this.next = next;
        this.current = current;
    }

    /**
     * On the nodes that would get an instance, or on one.
     *
     * @param deploy with its spec as it was admitted; that its caller may run it was asked before
     * @param wanted a node's id; null: those that it would be placed on
     * @throws KnitException as the command would be refused, and with {@code NOT_FOUND} if there is no such node
     */
    public static Rendering of(
            TemplateEngine engine,
            ClusterState state,
            Command.Deploy deploy,
            @Nullable String wanted,
            Caller caller,
            Instant now) {
        Node node = wanted == null ? null : state.node(wanted);
        if (wanted != null && node == null) {
            throw new KnitException(
                    ErrorCode.NOT_FOUND, "there is no node " + Pointers.quoted(wanted) + "; GET /nodes lists all");
        }
        String name = deploy.spec().name();
        Deployment present = state.deployment(name);
        Revision current = present == null || present.deleting() ? null : state.revision(name, present.revision());
        Revision next = next(Commands.decide(deploy, caller, state, now).changes(), current);
        if (next == null) {
            throw new KnitException(ErrorCode.NOT_FOUND, "there is nothing to render of " + name);
        }
        Plan plan = Rehearsal.of(state, deploy, caller, now);
        return new Renderings(engine, state, caller, next, current).on(plan, wanted);
    }

    /** The one that the command would make; the same spec again makes none. */
    private static @Nullable Revision next(List<Change> changes, @Nullable Revision current) {
        return changes.stream()
                .filter(Change.PutRevision.class::isInstance)
                .map(change -> ((Change.PutRevision) change).revision())
                .findFirst()
                .orElse(current);
    }

    private Rendering on(Plan plan, @Nullable String wanted) {
        SortedMap<String, List<Integer>> places = new TreeMap<>();
        String words = "no instance of it would be placed now";
        for (Plan.Step step : plan.steps()) {
            String place = step.to() == null ? step.from() : step.to();
            boolean own = step.deployment().equals(next.deployment()) && step.action() != Plan.Action.STOP;
            if (own && place != null) {
                places.computeIfAbsent(place, none -> new ArrayList<>()).add(step.slot());
            } else if (own && !step.reason().isEmpty()) {
                words = step.reason();
            }
        }
        if (wanted != null) {
            List<Integer> slots = places.getOrDefault(wanted, List.of());
            places.clear();
            places.put(wanted, slots);
        }
        List<OnNode> nodes = new ArrayList<>();
        places.forEach((id, slots) -> {
            Node node = state.node(id);
            if (node != null && nodes.size() < MOST_NODES) {
                List<Integer> sorted = List.copyOf(new TreeSet<>(slots));
                nodes.add(new OnNode(id, sorted, files(node, sorted.isEmpty() ? null : sorted.get(0))));
            }
        });
        return new Rendering(
                next.deployment(),
                next.number(),
                current == null ? null : current.number(),
                reads(),
                nodes,
                places.size() - nodes.size(),
                places.isEmpty() ? words : "");
    }

    private List<Rendering.Read> reads() {
        TreeSet<String> all = new TreeSet<>(next.reads().keySet());
        if (current != null) {
            all.addAll(current.reads().keySet());
        }
        List<Rendering.Read> reads = new ArrayList<>();
        for (String at : all) {
            int slash = at.indexOf('/');
            reads.add(new Rendering.Read(
                    Value.Kind.valueOf(at.substring(0, slash).toUpperCase(Locale.ROOT)),
                    at.substring(slash + 1),
                    next.reads().get(at),
                    current == null ? null : current.reads().get(at)));
        }
        return reads;
    }

    private List<File> files(Node node, @Nullable Integer slot) {
        Map<String, File> files = all(next, node, slot);
        Map<String, File> before = current == null ? Map.of() : current.equals(next) ? files : all(current, node, slot);
        Map<String, File> compared = new LinkedHashMap<>();
        files.forEach(
                (destination, file) -> compared.put(destination, fitting(compared(file, before.get(destination)))));
        before.forEach((destination, file) -> {
            if (!files.containsKey(destination)) {
                compared.put(destination, fitting(removed(file)));
            }
        });
        return List.copyOf(compared.values());
    }

    private Map<String, File> all(Revision revision, Node node, @Nullable Integer slot) {
        StandIns standIns = new StandIns();
        return new NodeFiles(engine, new Side(state, revision, caller, standIns), standIns, node, slot).all();
    }

    private File compared(File file, @Nullable File before) {
        String text = file.text();
        if (current == null || text == null && file.base64() == null) {
            return file;
        }
        String old = before == null ? "" : before.text();
        String problem = before == null ? "" : before.problem();
        String to = file.destination() + "\trevision " + next.number();
        if (!problem.isEmpty()) {
            return file;
        }
        String diff = text == null || old == null
                ? before != null && Objects.equals(file.base64(), before.base64()) && text == null && old == null
                        ? ""
                        : "Binary files differ\n"
                : LineDiff.unified(before == null ? "/dev/null" : from(file.destination()), to, old, text);
        return with(file, diff);
    }

    private String from(String destination) {
        return destination + "\trevision " + (current == null ? 0 : current.number());
    }

    private File removed(File before) {
        String old = before.text();
        String diff = old == null ? null : LineDiff.unified(from(before.destination()), "/dev/null", old, "");
        return new File(before.destination(), null, null, before.unknown(), List.of(), before.problem(), true, diff);
    }

    private static File with(File file, String diff) {
        return new File(
                file.destination(),
                file.text(),
                file.base64(),
                file.unknown(),
                file.workedOut(),
                file.problem(),
                file.removed(),
                diff);
    }

    private File fitting(File file) {
        room -= length(file.text()) + length(file.base64()) + length(file.diff());
        if (room >= 0) {
            return file;
        }
        return new File(
                file.destination(),
                null,
                null,
                List.of(),
                List.of(),
                "it is left out: all files together are more than " + (MOST_SHOWN >> 20)
                        + " Mi characters; ask for one node",
                file.removed(),
                null);
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
