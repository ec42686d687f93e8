package io.knit.core.spec;

import static io.knit.core.spec.Field.choice;
import static io.knit.core.spec.Field.flag;
import static io.knit.core.spec.Field.number;
import static io.knit.core.spec.Field.object;
import static io.knit.core.spec.Field.objects;
import static io.knit.core.spec.Field.part;
import static io.knit.core.spec.Field.text;
import static io.knit.core.spec.Field.textMap;
import static io.knit.core.spec.Field.texts;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Strategy;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All fields of a spec and of what is in it. A new field is a component of its record, and a row here, or in the table of that record. */
public final class SpecTable {
    private static final int ENTRIES = 256;
    private static final int VALUE = 32 * 1024;

    public static final Table<DeploymentSpec> SPEC = Table.of(
            DeploymentSpec.class,
            given -> DeploymentSpec.builder(given.text("name"), given.text("image"))
                    .build(),
            // another name is another deployment
            text("name", DeploymentSpec::name)
                    .required()
                    .length(63)
                    .pattern("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
                    .doc("DNS label: 1–{length} of `a-z 0-9 -`, starting and ending with a letter or digit")
                    .form("Name", ""),
            // only the text counts: the same tag may mean another image later, and nobody is restarted for it
            text("image", DeploymentSpec::image)
                    .required()
                    .doc("`[registry/]name[:tag][@digest]`, as `docker pull` takes it")
                    .form("Image", ""),
            texts("command", DeploymentSpec::command)
                    .entries(ENTRIES)
                    .length(VALUE)
                    .unlessGiven("the image's")
                    .doc("replaces the entrypoint"),
            texts("args", DeploymentSpec::args)
                    .entries(ENTRIES)
                    .length(VALUE)
                    .unlessGiven("the image's")
                    .doc("replaces the command"),
            textMap("env", DeploymentSpec::env)
                    .confidential()
                    .entries(ENTRIES)
                    .keys(256, "[^=\\x00-\\x20\\x7f]+")
                    .length(VALUE)
                    .doc("the container's environment; values of at most {length} characters without NUL")
                    .form("Environment", "one a line"),
            // an engine can't change the labels of a container that is there
            textMap("labels", DeploymentSpec::labels)
                    .entries(ENTRIES)
                    .keys(1024)
                    .length(VALUE)
                    .doc("the container's labels, for whoever reads them: see below"),
            // where a container may be, not what it is: one whose node fits stays there
            textMap("node_selector", DeploymentSpec::nodeSelector)
                    .entries(ENTRIES)
                    .keys(PlaceTables.KEY, PlaceTables.KEYS)
                    .length(4096)
                    .use(Use.PLACE)
                    .doc(
                            "labels or facts that a node must have, all of them: the short form of `constraints` with `=`; keys of 1–{key} of `A-Z a-z 0-9 . _ / -`, starting and ending with a"
                                    + " letter or digit")
                    .form("Node selector", "labels a node must have"),
            // how many there are says nothing of any one of them
            number("replicas", DeploymentSpec::replicas, 0, 1000)
                    .use(Use.COUNT)
                    .doc("how many instances, {range}")
                    .form("Instances", ""),
            // when the registry is asked for the next container; the image of one that runs was fetched long ago
            choice("pull", DeploymentSpec::pull, PullPolicy.class)
                    .use(Use.FETCH)
                    .unlessGiven("`always` for the tag `latest` or none, else `missing`")
                    .doc("when the registry is asked: `always`, `missing`, `never`"),
            // opens the registry for the next container; a password that is renewed must not restart what runs
            object("registry_auth", DeploymentSpec::registryAuth, ContainerTables.REGISTRY_AUTH)
                    .use(Use.FETCH)
                    .unlessGiven("anonymous")
                    .doc("`username` and `password` for the image's registry; the password is never returned"),
            objects("ports", DeploymentSpec::ports, ContainerTables.PORT)
                    .entries(128)
                    .doc("at most {entries}, see below")
                    .form("Ports", "one a line"),
            // rendered when the container is made, and mounted into it
            objects("templates", DeploymentSpec::templates, ContainerTables.TEMPLATE)
                    .entries(32)
                    .doc("at most {entries}, see below")
                    .form("File", "rendered on the node"),
            flag("init", DeploymentSpec::init)
                    .since("init")
                    .doc(
                            "a small init is process 1, hands signals on and collects what is left of ended processes. `false` for an image that"
                                    + " brings its own, like s6-overlay"),
            flag("no_new_privileges", DeploymentSpec::noNewPrivileges)
                    .since("no_new_privileges")
                    .doc(
                            "no program may gain rights that its caller has not. `false` for one that needs `sudo` or other set-user-id programs"),
            object("resources", DeploymentSpec::resources, ContainerTables.RESOURCES)
                    .since("resources")
                    .doc("what an instance may take of its node, and what is reserved for it there, see below"),
            // its node looks after what runs; the container is the same
            object("health", DeploymentSpec::health, TendTables.HEALTH)
                    .since("health")
                    .use(Use.TEND)
                    .unlessGiven("the image's `HEALTHCHECK`, if it has one")
                    .doc("how one finds out whether an instance does its work, see below"),
            object("restart", DeploymentSpec::restart, TendTables.RESTART)
                    .since("restart")
                    .use(Use.TEND)
                    .unlessGiven("always, see below")
                    .doc("when a container that ended is started again, see below"),
            object("stop", DeploymentSpec::stop, TendTables.STOP)
                    .since("stop")
                    .use(Use.TEND)
                    .unlessGiven("as its image says, within 10 s")
                    .doc("how a container is stopped, see below"),
            objects("constraints", DeploymentSpec::constraints, PlaceTables.CONSTRAINT)
                    .entries(32)
                    .since("constraints")
                    .use(Use.PLACE)
                    .doc("what a node must be like, all of it; at most {entries}, see below"),
            text("spread_by", DeploymentSpec::spreadBy)
                    .length(PlaceTables.KEY)
                    .pattern("(" + PlaceTables.KEYS + ")?")
                    .unset("")
                    .unlessGiven("over nodes alone")
                    .since("spread_by")
                    .use(Use.PLACE)
                    .doc(
                            "a label's key or a fact: the instances are even over its values; nodes without it count as one value"),
            number("max_per_node", DeploymentSpec::maxPerNode, 0, 1000)
                    .since("max_per_node")
                    .use(Use.PLACE)
                    .doc("so many of its instances are on one node at most, {range}; 0: no bound"),
            objects("prefer", DeploymentSpec::prefer, PlaceTables.PREFERENCE)
                    .entries(32)
                    .since("prefer")
                    .use(Use.PLACE)
                    .doc("what a node had better be like; at most {entries}, see below"),
            choice("strategy", DeploymentSpec::strategy, Strategy.class)
                    .since("strategy")
                    .use(Use.PLACE)
                    .doc(
                            "`spread`: of nodes that are as good otherwise the one with the fewest of its instances, then with the fewest of all; `binpack`: the fullest"),
            object("update", DeploymentSpec::update, UpdateTable.UPDATE)
                    .since("update")
                    .use(Use.ROLLOUT)
                    .doc("how a change is carried out, see below"),
            // another mode is refused where there is one already: its slots would be others
            choice("mode", DeploymentSpec::mode, Mode.class)
                    .since("mode")
                    .use(Use.COUNT)
                    .doc(
                            "what there is an instance for: `replicated`, each number below `replicas`; `global`, each node that is as `node_selector` and `constraints` want it; `job`, each of `job.completions`, until it has ended with 0; `cron`, the same at each time of `cron.schedule`"),
            object("job", DeploymentSpec::job, TendTables.JOB)
                    .since("job")
                    .use(Use.COUNT)
                    .unlessGiven("with the modes `job` and `cron`, see below")
                    .doc("what is run to its end; given only with the modes `job` and `cron`, see below"),
            texts("depends_on", DeploymentSpec::dependsOn)
                    .entries(32)
                    .length(63)
                    .since("depends_on")
                    .use(Use.PLACE)
                    .doc(
                            "names of deployments that must be healthy, or of jobs that must have completed, before its first instance starts; at most {entries}"),
            object("cron", DeploymentSpec::cron, TendTables.CRON)
                    .since("cron")
                    .use(Use.COUNT)
                    .unlessGiven("none")
                    .doc("when it is run; given only with the mode `cron`, see below"),
            number("priority", DeploymentSpec::priority, 0, 1000)
                    .since("priority")
                    .use(Use.RANK)
                    .doc("what goes first of all that waits for a node, {range}: the higher"),
            flag("preempt", DeploymentSpec::preempt)
                    .since("preempt")
                    .use(Use.RANK)
                    .doc(
                            "whether its instances may push out those of lower `priority` where nothing else makes room, see below"),
            // of it a node needs stop_after alone
            object("disconnect", DeploymentSpec::disconnect, TendTables.DISCONNECT)
                    .since("disconnect")
                    .use(Use.TEND)
                    .doc("what it wishes while server and node do not hear each other, see below"),
            text("stack", DeploymentSpec::stack)
                    .length(63)
                    .pattern("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?")
                    .unset("")
                    .unlessGiven("none")
                    .since("stack")
                    .use(Use.MARK)
                    .doc(
                            "the name of those with which it is deployed, a DNS label: `knit deploy --prune` takes away what is of the same stack and was left out"),
            part("process", DeploymentSpec::process, ProcessTables.PROCESS),
            part("isolation", DeploymentSpec::isolation, ProcessTables.ISOLATION),
            part("scratch", DeploymentSpec::scratch, ProcessTables.SCRATCH),
            part("network", DeploymentSpec::network, ProcessTables.NETWORK),
            object("log", DeploymentSpec::log, ProcessTables.LOG)
                    .since("log")
                    .unlessGiven("as the engine keeps it, 30 MiB at most with `json-file`")
                    .doc("where the engine keeps what a container writes, see below"),
            objects("volumes", DeploymentSpec::volumes, VolumeTable.VOLUME)
                    .entries(32)
                    .since("volumes")
                    .doc(
                            "folders that outlive its containers; at most {entries}, see below and [storage.md](storage.md)"),
            objects("env_from", DeploymentSpec::envFrom, ValueTables.ENV)
                    .entries(64)
                    .since("env_from")
                    .doc(
                            "environment that the server keeps as [variables, secrets and files](values.md); what `env` says of the same name goes first, then what stands later; at most {entries}, see below"),
            objects("secrets", DeploymentSpec::secrets, ValueTables.SECRET)
                    .entries(64)
                    .since("secrets")
                    .doc(
                            "[secrets](values.md#what-reads-them) that the server keeps, as files in the container's memory; at most {entries}, see below"),
            objects("expose", DeploymentSpec::expose, ContainerTables.EXPOSE)
                    .entries(128)
                    .since("expose")
                    .doc(
                            "ports that other nodes reach by [name](names.md), on the mesh address alone; at most {entries}, see below"),
            objects("init_containers", DeploymentSpec::initContainers, PartTable.PART)
                    .entries(8)
                    .since("init_containers")
                    .doc(
                            "[containers that run to their ends](process.md#init-containers), one after the other, before each main container is made; at most {entries}, see below"),
            objects("sidecars", DeploymentSpec::sidecars, SidecarTable.SIDECAR)
                    .entries(8)
                    .since("sidecars")
                    .doc(
                            "[containers that run as long as the main one does](process.md#sidecars), in its network and with its files; at most {entries}, see below"),
            number("keep_failed", DeploymentSpec::keepFailed, 0, DeploymentSpec.MOST_KEPT_FAILED)
                    .since("keep_failed")
                    .use(Use.TEND)
                    .doc(
                            "how many [containers of a slot that failed](spec.md#keep-failed) stay on a node, for people to look at, once their instances are over, {range}"),
            texts("near", DeploymentSpec::near)
                    .entries(32)
                    .length(63)
                    .since("near")
                    .use(Use.PLACE)
                    .doc("names of deployments [on whose nodes](spec.md#near) it had better be; at most {entries}")
                    .form("Near", "deployments, one a line"));

    /** Every table there is, by what its records are called in the docs and in OpenAPI. */
    public static final Map<String, Table<?>> ALL = Map.ofEntries(
            Map.entry("DeploymentSpec", SPEC),
            Map.entry("RegistryAuth", ContainerTables.REGISTRY_AUTH),
            Map.entry("PortSpec", ContainerTables.PORT),
            Map.entry("TemplateSpec", ContainerTables.TEMPLATE),
            Map.entry("Resources", ContainerTables.RESOURCES),
            Map.entry("HealthSpec", TendTables.HEALTH),
            Map.entry("HttpCheck", TendTables.HTTP),
            Map.entry("TcpCheck", TendTables.TCP),
            Map.entry("RestartSpec", TendTables.RESTART),
            Map.entry("StopSpec", TendTables.STOP),
            Map.entry("Constraint", PlaceTables.CONSTRAINT),
            Map.entry("Preference", PlaceTables.PREFERENCE),
            Map.entry("Update", UpdateTable.UPDATE),
            Map.entry("JobSpec", TendTables.JOB),
            Map.entry("CronSpec", TendTables.CRON),
            Map.entry("DisconnectSpec", TendTables.DISCONNECT),
            Map.entry("LogSpec", ProcessTables.LOG),
            Map.entry("NamedNetwork", ProcessTables.NAMED),
            Map.entry("VolumeSpec", VolumeTable.VOLUME),
            Map.entry("EnvSource", ValueTables.ENV),
            Map.entry("SecretMount", ValueTables.SECRET),
            Map.entry("ExposeSpec", ContainerTables.EXPOSE),
            Map.entry("PartSpec", PartTable.PART),
            Map.entry("SidecarSpec", SidecarTable.SIDECAR));

    /** With those of parts, which JSON does not have. */
    private static final List<Table<?>> OF_RECORDS = Stream.concat(
                    ALL.values().stream(),
                    ALL.values().stream()
                            .flatMap(table -> table.components().stream())
                            .filter(Field::isPart)
                            .map(Field::table))
            .toList();

    private SpecTable() {}

    /** The row of a record's component; empty if it is no spec's. */
    public static Optional<Field<?>> of(RecordComponent component) {
        return tableOf(component).map(table -> rowOf(table, component));
    }

    private static Optional<Table<?>> tableOf(RecordComponent component) {
        return OF_RECORDS.stream()
                .filter(table -> table.record() == component.getDeclaringRecord())
                .findFirst();
    }

    private static <R> Field<R> rowOf(Table<R> table, RecordComponent component) {
        String name = Table.wireName(component);
        return table.components().stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Whether a record's component is written only when it is not what it is unless given: what came after the first release. */
    public static boolean isLater(RecordComponent component) {
        return of(component).map(row -> row.since() != null || row.isPart()).orElse(false);
    }

    /** What a component of a spec's record is unless given; empty: nothing, or it is no spec's. */
    public static Optional<Object> unlessGiven(RecordComponent component) {
        return tableOf(component).map(table -> unlessGiven(table, component));
    }

    private static <R> @Nullable Object unlessGiven(Table<R> table, RecordComponent component) {
        return table.unlessGiven(rowOf(table, component));
    }

    /** Whether both specs say the same in all fields of that use. */
    public static boolean same(Use use, DeploymentSpec one, DeploymentSpec other) {
        if (one == other) {
            return true;
        }
        for (Field<DeploymentSpec> field : SPEC.fields()) {
            if (field.use() == use && !Objects.equals(field.of(one), field.of(other))) {
                return false;
            }
        }
        return true;
    }

    /** What nodes need of a spec: all that is the server's alone is as if it had not been given. */
    public static DeploymentSpec forNodes(DeploymentSpec spec) {
        return ofNodes(SPEC, spec);
    }

    private static <R> R ofNodes(Table<R> table, R record) {
        Map<String, @Nullable Object> other = new HashMap<>();
        for (Field<R> field : table.fields()) {
            if (!field.use().isForNodes()) {
                other.put(field.name(), table.unlessGiven(field));
            } else {
                other.put(field.name(), ofNodes(field, field.of(record)));
            }
        }
        return table.with(record, other);
    }

    /** What nodes need of what a field holds. */
    @SuppressWarnings("unchecked")
    private static @Nullable Object ofNodes(Field<?> field, @Nullable Object value) {
        return value != null && isParted(field) ? ofNodes((Table<Object>) field.table(), value) : value;
    }

    private static boolean isParted(Field<?> field) {
        return field.type() == Type.OBJECT
                && field.table().fields().stream()
                        .anyMatch(inner -> !inner.use().isForNodes());
    }

    /** The fields of a spec of which no node needs all. */
    public static List<Field<DeploymentSpec>> parted() {
        return SPEC.fields().stream()
                .filter(field -> !field.use().isForNodes() || isParted(field))
                .toList();
    }

    /** What an agent must know to run a spec as it was meant, in alphabetical order. A field needs its feature when it is not what it is unless given. */
    public static List<String> features(DeploymentSpec spec) {
        List<String> needed = new ArrayList<>();
        needed(SPEC, spec, needed);
        if (LaterFilters.isUsedBy(spec)) {
            needed.add(LaterFilters.FEATURE);
        }
        if (LaterFilters.readPorts(spec)) {
            needed.add(LaterFilters.PORTS_FEATURE);
        }
        if (Reads.isInTemplatesOf(spec)) {
            needed.add(Reads.FEATURE);
        }
        if (GoReads.isUsedBy(spec)) {
            needed.add(GoReads.FEATURE);
        }
        return needed.isEmpty()
                ? List.of()
                : needed.stream().distinct().sorted().toList();
    }

    /** Every feature that a field, or what stands in a template, asks of an agent. */
    public static List<String> features() {
        Stream<String> ofFields = ALL.values().stream()
                .flatMap(table -> table.fields().stream())
                .filter(field -> field.use().isForNodes())
                .map(Field::since)
                .filter(Objects::nonNull);
        return Stream.concat(
                        ofFields,
                        Stream.of(GoReads.FEATURE, LaterFilters.FEATURE, LaterFilters.PORTS_FEATURE, Reads.FEATURE))
                .distinct()
                .sorted()
                .toList();
    }

    private static <R> void needed(Table<R> table, R record, List<String> needed) {
        for (Field<R> field : table.fields()) {
            Object value = field.of(record);
            if (!field.use().isForNodes()) {
                continue;
            }
            String feature = field.since();
            if (feature != null && !Objects.equals(ofNodes(field, value), table.unlessGiven(field))) {
                needed.add(feature);
            }
            inside(field, value, (inner, each) -> needed(inner, each, needed));
        }
    }

    /** Each record that a field holds. */
    @SuppressWarnings("unchecked")
    static void inside(Field<?> field, @Nullable Object value, Visit visit) {
        if (value == null) {
            return;
        }
        if (field.type() == Type.OBJECT) {
            visit.record((Table<Object>) field.table(), value);
        } else if (field.type() == Type.OBJECTS) {
            ((List<?>) value).forEach(each -> visit.record((Table<Object>) field.table(), each));
        }
    }

    /** What is done with a record. */
    @FunctionalInterface
    interface Visit {
        void record(Table<Object> table, Object record);
    }
}
