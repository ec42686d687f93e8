package io.knit.core.server.value;

import io.knit.api.command.Value;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Order;
import io.knit.api.model.TemplateSpec;
import io.knit.api.model.TemplateSpec.OnMissing;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.state.OlderValue;
import io.knit.core.server.state.Revision;
import io.knit.core.spec.Reads;
import io.knit.core.spec.SpecTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which versions of variables, secrets and files a revision reads: the newest when it was made, so that all its instances have the same, and going back to it is going back to what it had
 * (pure). A version that is not the newest is kept while something may still be made with it.
 */
public final class ReadVersions {
    private static final Map<String, Integer> NOTHING = Map.of();

    private ReadVersions() {}

    /**
     * The newest versions of what a spec reads, without what is not there and need not be.
     *
     * @return by {@link KnownValue#at}
     * @throws KnitException with {@code INVALID_VALUE} at the field that reads what is not there
     */
    public static Map<String, Integer> of(ClusterState state, DeploymentSpec spec) {
        return of(state, spec, NOTHING, Set.of(), Set.of());
    }

    /**
     * @param kept the versions to have; the newest of others
     * @param without what it does without though it is there
     * @param awaited what is waited for already, and is no reason to refuse where it may be
     */
    private static Map<String, Integer> of(
            ClusterState state,
            DeploymentSpec spec,
            Map<String, Integer> kept,
            Set<String> without,
            Set<String> awaited) {
        SortedMap<String, String> reads = reads(state, spec, kept);
        reads.keySet().removeAll(without);
        if (reads.isEmpty()) {
            return NOTHING;
        }
        SortedMap<String, Integer> pins = new TreeMap<>();
        SortedSet<String> missing = new TreeSet<>();
        reads.keySet().forEach(at -> {
            KnownValue known = state.values().all().get(at);
            if (known == null) {
                missing.add(at);
            } else {
                pins.put(at, kept.getOrDefault(at, known.value().version()));
            }
        });
        if (!missing.isEmpty()) {
            requireUnneeded(missing, state, spec, kept, awaited);
        }
        return pins;
    }

    /**
     * What a deployment reads once something is set: that in its newest version, the rest as its present revision has it. Ordinarily that is the newest of everything; where somebody, or Knit
     * itself, went back from one content, another that is set does not bring it back.
     *
     * @param present its present revision
     * @param set what was set just now, by {@link KnownValue#at}
     * @throws KnitException with {@code INVALID_VALUE} if it can't be made with that
     */
    public static Map<String, Integer> next(ClusterState state, Revision present, String set) {
        Map<String, Integer> kept = kept(state, present);
        kept.remove(set);
        Set<String> without = without(state, present, kept);
        without.remove(set);
        return of(state, present.spec(), kept, without, allAwaited(state, present));
    }

    /** Whether a revision could be made again as it is: what can't be made with something that is set lacks it for that. */
    public static boolean isWhole(ClusterState state, Revision revision) {
        try {
            of(state, revision.spec(), revision.reads(), Set.of(), allAwaited(state, revision));
            return true;
        } catch (KnitException e) {
            return false;
        }
    }

    private static void requireUnneeded(
            SortedSet<String> missing,
            ClusterState state,
            DeploymentSpec spec,
            Map<String, Integer> kept,
            Set<String> awaited) {
        boolean first = mayWait(state, spec.name());
        SortedMap<String, String> always = reads(state, but(spec, it -> it.onMissing() != OnMissing.FAIL), kept);
        SortedMap<String, String> now =
                first ? always : reads(state, but(spec, it -> it.onMissing() == OnMissing.DEFAULT), kept);
        for (String at : missing) {
            String pointer = (awaited.contains(at) ? always : now).get(at);
            if (pointer != null) {
                throw missing(at, pointer, !first && !always.containsKey(at));
            }
        }
    }

    /** Whether nothing of a deployment does its work yet: its first instances may wait. */
    public static boolean mayWait(ClusterState state, String name) {
        return state.instancesIn(name).values().stream().noneMatch(Instance::isHealthy);
    }

    /** What a revision's instances wait for, as {@code kind/name}; of one that has what it reads nothing. */
    public static Optional<String> awaited(ClusterState state, Revision revision) {
        return allAwaited(state, revision).stream().findFirst();
    }

    private static SortedSet<String> allAwaited(ClusterState state, Revision revision) {
        DeploymentSpec spec = revision.spec();
        SortedSet<String> awaited = new TreeSet<>();
        if (spec.templates().stream().anyMatch(it -> it.onMissing() == OnMissing.WAIT)) {
            awaited.addAll(reads(state, but(spec, it -> it.onMissing() != OnMissing.WAIT), revision.reads())
                    .keySet());
            awaited.removeAll(revision.reads().keySet());
        }
        return awaited;
    }

    /** Whether a revision reads something though that need not be set. */
    public static boolean isOptional(ClusterState state, Revision revision, String at) {
        DeploymentSpec spec = revision.spec();
        return spec.templates().stream().anyMatch(it -> it.onMissing() != OnMissing.FAIL)
                && reads(state, spec, revision.reads()).containsKey(at);
    }

    /** The same spec, in which these templates read nothing but the file that each is. */
    private static DeploymentSpec but(DeploymentSpec spec, Predicate<TemplateSpec> these) {
        List<TemplateSpec> templates = spec.templates().stream()
                .map(it -> these.test(it) ? it.with("").by(TemplateSpec.Engine.NONE) : it)
                .toList();
        return SpecTable.SPEC.with(spec, Map.of("templates", templates));
    }

    /**
     * What it reads, and what the files that are its templates read, with where first.
     *
     * @param versions those of its files that it has, as far as they are kept; the newest of others
     */
    public static SortedMap<String, String> reads(
            ClusterState state, DeploymentSpec spec, Map<String, Integer> versions) {
        SortedMap<String, String> reads = Reads.of(spec);
        // this is on the thread that decides, and one file may be many templates
        Set<List<Object>> seen = new HashSet<>();
        for (int i = 0; i < spec.templates().size(); i++) {
            TemplateSpec template = spec.templates().get(i);
            KnownValue file = template.source().isEmpty() || template.engine() == TemplateSpec.Engine.NONE
                    ? null
                    : version(state, KnownValue.at(Value.Kind.FILE, template.source()), versions);
            if (file != null && seen.add(List.of(template.source(), template.engine(), template.delimiters()))) {
                String pointer = "/templates/" + i + "/source";
                Value.Content.of(file.bytes())
                        .text()
                        .ifPresent(text ->
                                Reads.ofTemplate(template.with(text)).forEach(at -> reads.putIfAbsent(at, pointer)));
            }
        }
        return reads;
    }

    private static @Nullable KnownValue version(ClusterState state, String at, Map<String, Integer> versions) {
        Integer version = versions.get(at);
        KnownValue kept = version == null ? null : state.values().version(at, version);
        return kept == null ? state.values().all().get(at) : kept;
    }

    /** @param awaited whether the first start would wait for it */
    private static KnitException missing(String at, String pointer, boolean awaited) {
        String kind = at.substring(0, at.indexOf('/'));
        String name = at.substring(at.indexOf('/') + 1);
        String words = kind.equals("var") ? "variable" : kind;
        return KnitException.at(
                pointer,
                ErrorCode.INVALID_VALUE,
                "there is no " + words + " \"" + name + "\""
                        + (awaited
                                ? ", and on_missing: wait is for the first start: what runs is not replaced by what waits"
                                : "")
                        + "; set it first (knit " + kind + " set " + name + ", PUT /" + kind + "s/" + name + ")");
    }

    /**
     * Those of a revision that somebody goes back to: as it had them, as far as they are kept for its deployment; the newest of the others that it had, or waited for. What it did without is
     * not read because it was set since: that may be just what is gone back from.
     *
     * @throws KnitException with {@code INVALID_VALUE} where one is not there any more
     */
    public static Map<String, Integer> again(ClusterState state, Revision before) {
        Map<String, Integer> kept = kept(state, before);
        return of(state, before.spec(), kept, without(state, before, kept), Set.of());
    }

    /**
     * What a revision did without, as its own texts may, though they read it.
     *
     * @param versions those of its files that are made again: what others of its texts need by them is not done without
     */
    private static Set<String> without(ClusterState state, Revision revision, Map<String, Integer> versions) {
        DeploymentSpec spec = revision.spec();
        Predicate<TemplateSpec> may =
                it -> it.onMissing() == OnMissing.DEFAULT && isTextKnown(state, revision, it.source());
        Set<String> without = new HashSet<>();
        if (spec.templates().stream().anyMatch(may)) {
            without.addAll(
                    reads(state, but(spec, may.negate()), revision.reads()).keySet());
            without.removeAll(reads(state, but(spec, it -> it.onMissing() == OnMissing.DEFAULT), versions)
                    .keySet());
            without.removeAll(revision.reads().keySet());
        }
        return without;
    }

    private static boolean isTextKnown(ClusterState state, Revision revision, String source) {
        String at = KnownValue.at(Value.Kind.FILE, source);
        Integer had = revision.reads().get(at);
        return source.isEmpty() || had != null && state.values().version(at, had) != null;
    }

    /** The versions that a revision had and that are kept for its deployment: what somebody has again who goes back to it. */
    public static Map<String, Integer> kept(ClusterState state, Revision before) {
        SortedMap<String, Integer> kept = new TreeMap<>(before.reads());
        kept.entrySet().removeIf(had -> {
            OlderValue older = state.values().older().get(OlderValue.at(had.getKey(), had.getValue()));
            return older == null || !older.readers().contains(before.deployment());
        });
        return kept;
    }

    /** The deployments that something may still be made of with this version. */
    public static SortedSet<String> readers(ClusterState state, KnownValue known) {
        SortedSet<String> readers = new TreeSet<>();
        for (Deployment deployment : state.deployments().values()) {
            if (isRead(state, deployment, known)) {
                readers.add(deployment.name());
            }
        }
        return readers;
    }

    private static boolean isRead(ClusterState state, Deployment deployment, KnownValue known) {
        Integer version = known.value().version();
        List<Revision> reading = state.revisionsOf(deployment.name()).stream()
                .filter(revision -> version.equals(revision.reads().get(known.at())))
                .toList();
        if (reading.isEmpty()) {
            return false;
        }
        Set<Integer> used = used(state, deployment, it -> true);
        return reading.stream().anyMatch(revision -> used.contains(revision.number()));
    }

    /**
     * Which of a deployment's revisions reads something, in whatever version, of those by which something goes on or may be made: the newest of them. What is told to stop goes on by none.
     */
    public static Optional<Revision> reader(ClusterState state, Deployment deployment, String at) {
        Set<Integer> used = used(state, deployment, it -> it.order() == Order.RUN);
        return state.revisionsOf(deployment.name()).stream()
                .filter(it -> used.contains(it.number()) && it.reads().containsKey(at))
                .max(Comparator.comparingInt(Revision::number));
    }

    /** Revisions by which something runs or may be made: the present one, the one that was healthy last, and those of its instances. */
    private static Set<Integer> used(ClusterState state, Deployment deployment, Predicate<Instance> which) {
        Set<Integer> used = new HashSet<>(
                List.of(deployment.revision(), deployment.rollout().healthy()));
        for (Instance instance : state.instancesOf(deployment.name())) {
            if (which.test(instance)) {
                used.add(instance.revision());
            }
        }
        if (deployment.cron() != null) {
            deployment.cron().underWay().forEach(it -> used.add(it.run().revision()));
        }
        return used;
    }

    /** What is kept of older versions for one deployment, and is needed by it no more. */
    public static List<Change> forgotten(ClusterState state, String name) {
        Map<String, OlderValue> older = state.values().older();
        if (older.isEmpty()) {
            return List.of();
        }
        Deployment deployment = state.deployment(name);
        List<Change> changes = new ArrayList<>();
        for (OlderValue each : older.values()) {
            boolean held = each.readers().contains(name);
            if (held && (deployment == null || !isRead(state, deployment, each.known()))) {
                OlderValue rest = each.without(name);
                changes.add(rest.readers().isEmpty() ? new Change.ForgetValue(each.at()) : new Change.KeepValue(rest));
            }
        }
        return changes;
    }
}
