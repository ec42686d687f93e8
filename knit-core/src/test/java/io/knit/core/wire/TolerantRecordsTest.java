package io.knit.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Capacity;
import io.knit.api.model.Constraint;
import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.Decided;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DisconnectSpec;
import io.knit.api.model.EnvSource;
import io.knit.api.model.ExposeSpec;
import io.knit.api.model.Health;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.HttpCheck;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.Order;
import io.knit.api.model.PartSpec;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preference;
import io.knit.api.model.Preparation;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullProgress;
import io.knit.api.model.RegistryAuth;
import io.knit.api.model.Reservation;
import io.knit.api.model.Resources;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.Rollout;
import io.knit.api.model.ScratchSpec;
import io.knit.api.model.SecretMount;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.StartTimes;
import io.knit.api.model.StopSpec;
import io.knit.api.model.TcpCheck;
import io.knit.api.model.TemplateSpec;
import io.knit.api.model.Unsteady;
import io.knit.api.model.Update;
import io.knit.api.model.VolumeSpec;
import io.knit.core.spec.FullSpec;
import io.knit.core.spec.SpecTable;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each field of each record that is stored is left out once: the record has the default, or is refused with the field's name. */
class TolerantRecordsTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_767_225_600_000L);
    private static final DeploymentSpec SPEC = FullSpec.SPEC;

    private static final JobRun RUN =
            new JobRun(2, JobRun.Phase.FAILED, NOW, List.of(1), 3, NOW, "why", List.of(new JobRun.Attempt("a", "n1")));

    private static final CronRuns CRONS =
            new CronRuns(NOW, List.of(new CronRun(NOW, NOW, RUN)), new CronRuns.Skipped(NOW, "why"));
    private static final StartTimes TIMES = new StartTimes(
            Duration.ofMillis(1),
            Duration.ofMillis(2),
            Duration.ofMillis(3),
            Duration.ofMillis(4),
            Duration.ofSeconds(5));

    /** Nothing in them is a default. */
    private static final List<Record> FULL = List.of(
            SPEC,
            new RegistryAuth("u", "p"),
            new PortSpec("mesh", 8080, 80, Protocol.UDP, true, true),
            new TemplateSpec(
                    "/etc/a",
                    "x",
                    "y",
                    TemplateSpec.Engine.NONE,
                    "0755",
                    1,
                    2,
                    true,
                    List.of("[[", "]]"),
                    TemplateSpec.OnChange.EXEC,
                    "SIGHUP",
                    List.of("b"),
                    Duration.ofSeconds(3),
                    List.of("c"),
                    TemplateSpec.OnMissing.WAIT),
            SPEC.health(),
            Objects.requireNonNull(SPEC.health().http()),
            Objects.requireNonNull(SPEC.health().tcp()),
            SPEC.restart(),
            SPEC.stop(),
            SPEC.update(),
            SPEC.disconnect(),
            SPEC.process(),
            SPEC.isolation(),
            SPEC.scratch(),
            SPEC.network(),
            SPEC.network().networks().get(0),
            SPEC.log(),
            new VolumeSpec("data", "/srv", "/data", true, "nfs", Map.of("a", "b"), "slave", "app"),
            new EnvSource("a", "b", "c", "d"),
            new SecretMount("a", "b", "0400", 1, 2),
            new ExposeSpec(1, 2, Protocol.UDP),
            SPEC.initContainers().get(0),
            SPEC.sidecars().get(0),
            Objects.requireNonNull(SPEC.job()),
            RUN,
            RUN.ended().get(0),
            new Rollout(1, Rollout.Phase.PAUSED, NOW, NOW, 2, 3, true, 1, "why", List.of("a"), List.of("n1"), NOW),
            new Resources(100, 500, 7, 8, 1),
            new Reservation(1, 2, 3),
            new Constraint("disk", Constraint.Op.EQUAL, "ssd", List.of("x")),
            new Preference("disk", Constraint.Op.EQUAL, "ssd", List.of("x"), 7),
            new Capacity(2, 3, 4),
            new PortBinding("127.0.0.1", 8080, 80, Protocol.UDP, true, true),
            new Preparation("n1", true),
            new Deployment(
                    "web",
                    2,
                    SPEC,
                    true,
                    NOW,
                    NOW,
                    true,
                    new Rollout(
                            1, Rollout.Phase.PAUSED, NOW, NOW, 2, 3, true, 1, "why", List.of("a"), List.of("n1"), NOW),
                    RUN,
                    CRONS),
            CRONS,
            CRONS.runs().get(0),
            new CronRuns.Skipped(NOW, "why"),
            Objects.requireNonNull(SPEC.cron()),
            new Observed(
                    InstanceState.RUNNING,
                    "why",
                    4,
                    true,
                    5,
                    NOW,
                    Health.UNHEALTHY,
                    NOW,
                    TIMES,
                    7,
                    new PullProgress(1, 2),
                    "last words",
                    "10.210.1.7",
                    NOW,
                    Duration.ofMinutes(10)),
            new PullProgress(1, 2),
            TIMES,
            new Decided(
                    true,
                    "why",
                    NOW,
                    6,
                    List.of("n2"),
                    NOW,
                    "tried",
                    "web-0-next",
                    "n3 is better",
                    NOW,
                    "shop",
                    true,
                    "the best"),
            new Instance(
                    "i1",
                    "web",
                    2,
                    1,
                    "n9",
                    "n1",
                    Order.STOP,
                    List.of(new PortBinding("127.0.0.1", 8080, 80, Protocol.UDP)),
                    new Reservation(1, 2, 3),
                    new Preparation("n1", true),
                    NOW,
                    new Decided(
                            true,
                            "why",
                            NOW,
                            6,
                            List.of("n2"),
                            NOW,
                            "tried",
                            "web-0-next",
                            "n3 is better",
                            NOW,
                            "shop",
                            true,
                            "the best"),
                    Observed.NOTHING),
            new NodeWish(NodeWish.Availability.DRAINED, Map.of("a", "b"), "ann", NOW, NOW, true),
            new NodeFacts(
                    "host",
                    Map.of("a", "b"),
                    new Capacity(2, 3),
                    "docker 20",
                    "0.1.0",
                    "10.0.0.1",
                    "mesh key",
                    "condition",
                    List.of("prepare"),
                    "linux",
                    "amd64",
                    new Reservation(1, 2, 3),
                    List.of("privileged"),
                    "not heard",
                    List.of("10.210.1.0/24"),
                    "not routed"),
            new NodeJudgement(
                    NodeState.DOWN, "reason", NOW, List.of(NodeJudgement.Witness.MESH), new Unsteady(2, NOW, NOW), NOW),
            new Unsteady(2, NOW, NOW),
            new SlotVolume("web", "0", "data", "n1", NOW, NOW, "n2"),
            new SlotMove("web", "0", "n1", "n2", List.of("data"), true, NOW, 1),
            new Node(
                    "n1",
                    "identity",
                    "key",
                    new NodeWish(NodeWish.Availability.DRAINED, Map.of("a", "b"), "ann"),
                    NodeFacts.NONE,
                    new NodeJudgement(NodeState.DISCOVERED, "", Instant.EPOCH, List.of())),
            new KnitEvent(7, NOW, "node.down", "web", "i1", "n1", "message"));

    /** What a record is without; the spec's is a job's, which has what a job has unless given. A field that is not named here can't be left out; null is written as the word. */
    private static final Map<Class<?>, String> UNSAID = Map.ofEntries(
            Map.entry(
                    DeploymentSpec.class,
                    "command=[] args=[] env={} labels={} nodeSelector={} replicas=1 pull=MISSING registryAuth=null ports=[]"
                            + " templates=[] init=true noNewPrivileges=true resources=" + compact(Resources.DEFAULT)
                            + " health="
                            + compact(HealthSpec.IMAGE) + " restart="
                            + compact(RestartSpec.ONCE) + " stop=" + compact(StopSpec.DEFAULT)
                            + " constraints=[] spreadBy= maxPerNode=0 prefer=[] strategy=SPREAD update="
                            + compact(Update.DEFAULT) + " mode=REPLICATED job=" + compact(JobSpec.DEFAULT)
                            + " dependsOn=[] cron=null priority=50 preempt=false disconnect="
                            + compact(DisconnectSpec.DEFAULT) + " stack= process="
                            + compact(ProcessSpec.DEFAULT) + " isolation="
                            + compact(IsolationSpec.DEFAULT) + " scratch="
                            + compact(ScratchSpec.DEFAULT) + " network="
                            + compact(NetworkSpec.DEFAULT) + " log="
                            + compact(LogSpec.DEFAULT)
                            + " volumes=[] envFrom=[] secrets=[] expose=[] initContainers=[] sidecars=[] keepFailed=0 near=[]"),
            Map.entry(
                    ProcessSpec.class,
                    "entrypoint=[] user= groupAdd=[] workdir= tty=false stdin=false ulimits={} platform="),
            Map.entry(
                    IsolationSpec.class,
                    "privileged=false capAdd=[] capDrop=[] securityOpt=[] devices=[] sysctls={} pid= ipc="),
            Map.entry(ScratchSpec.class, "readOnly=false tmpfs=[] shmSize=0"),
            Map.entry(NetworkSpec.class, "network= hostname= dns=[] extraHosts=[] networks=[]"),
            Map.entry(NamedNetwork.class, "aliases=[] internal=false"),
            Map.entry(LogSpec.class, "driver= maxSize=0 maxFiles=0"),
            Map.entry(VolumeSpec.class, "name= bind= readOnly=false driver=local options={} propagation=rprivate of="),
            Map.entry(RegistryAuth.class, "username= password="),
            Map.entry(PortSpec.class, "hostIp=null hostPort=0 protocol=TCP relay=false proxyProtocol=false"),
            Map.entry(
                    TemplateSpec.class,
                    "content= source= engine=PEBBLE mode=0644 uid=0 gid=0 env=false delimiters=[]"
                            + " onChange=RESTART signal= exec=[] splay=PT0S validate=[] onMissing=FAIL"),
            Map.entry(EnvSource.class, "var= secret= file= env="),
            Map.entry(ExposeSpec.class, "hostPort=0 protocol=TCP"),
            Map.entry(PartSpec.class, "entrypoint=[] command=[] args=[] env={} user= workdir= timeout=PT10M platform="),
            Map.entry(SidecarSpec.class, "entrypoint=[] command=[] args=[] env={} user= workdir= volumes=[] platform="),
            Map.entry(SecretMount.class, "target= mode=0444 uid=0 gid=0"),
            Map.entry(
                    HealthSpec.class,
                    "http=null tcp=null exec=[] disabled=false interval=PT10S timeout=PT2S retries=3 grace=PT10S"),
            Map.entry(HttpCheck.class, "path=/ status=200-399 headers={}"),
            Map.entry(TcpCheck.class, ""),
            Map.entry(RestartSpec.class, "condition=ALWAYS delay=PT1S attempts=0 window=PT10M"),
            Map.entry(StopSpec.class, "signal= grace=PT10S preStop=[]"),
            Map.entry(DisconnectSpec.class, "replaceAfter=null stopAfter=null reconcile=NEWEST_HEALTHY"),
            Map.entry(Resources.class, "pids=4096 cpu=0 memory=0 memoryMax=0 gpus=0"),
            Map.entry(Reservation.class, "cpu=0 memory=0 gpus=0"),
            Map.entry(Constraint.class, "value=null values=[]"),
            Map.entry(Preference.class, "value=null values=[] weight=1"),
            Map.entry(Capacity.class, "cpus=0 memoryBytes=0 gpus=0"),
            Map.entry(PortBinding.class, "protocol=TCP relay=false proxyProtocol=false"),
            Map.entry(Preparation.class, "done=false apart=false"),
            Map.entry(
                    Deployment.class,
                    "deleting=false createdAt=1970-01-01T00:00:00Z updatedAt=1970-01-01T00:00:00Z paused=false rollout="
                            + compact(Rollout.NONE) + " run=null cron=null"),
            Map.entry(JobSpec.class, "completions=1 parallelism=1 retries=3 timeout=null"),
            Map.entry(
                    JobRun.class,
                    "since=1970-01-01T00:00:00Z completed=[] failures=0 notBefore=1970-01-01T00:00:00Z reason= ended=[]"),
            Map.entry(JobRun.Attempt.class, "instance= node="),
            Map.entry(
                    Update.class,
                    "maxParallel=1 order=AUTO minHealthy=PT5S healthyDeadline=PT5M progressDeadline=PT10M canary=0"
                            + " autoPromote=false onFailure=ROLLBACK maxFailures=0"),
            Map.entry(
                    Rollout.class,
                    "from=0 phase=DONE since=1970-01-01T00:00:00Z progressAt=1970-01-01T00:00:00Z moved=0 failures=0"
                            + " promoted=false healthy=0 reason= failed=[] away=[] waitsSince=null"),
            Map.entry(
                    Observed.class,
                    "state=null reason= restarts=0 failing=false seq=0 since=1970-01-01T00:00:00Z health=NONE"
                            + " healthySince=1970-01-01T00:00:00Z start=" + compact(StartTimes.UNKNOWN)
                            + " exitCode=null pull=null lastOutput=null address=null wellUntil=1970-01-01T00:00:00Z wellFor=PT0S"),
            Map.entry(PullProgress.class, "fetched=0 size=0"),
            Map.entry(StartTimes.class, "waited=null pulled=null created=null started=null healthy=null"),
            Map.entry(
                    Decided.class,
                    "lost=false reason= since=1970-01-01T00:00:00Z attempt=0 avoid=[] notBefore=1970-01-01T00:00:00Z"
                            + " tried=null until=null leaves=null placed=null pushedOutBy=null follows=false chosen=null"),
            Map.entry(
                    Instance.class,
                    "key=null node=null ports=[] reserved=Reservation[cpu=0,memory=0,gpus=0] preparation=null createdAt=1970-01-01T00:00:00Z decided="
                            + compact(Decided.nothing(Instant.EPOCH)) + " observed=" + compact(Observed.NOTHING)),
            Map.entry(CronSpec.class, "timeZone=UTC overlap=FORBID history=3 catchUp=PT24H"),
            Map.entry(CronRuns.class, "runs=[] skipped=null"),
            Map.entry(CronRuns.Skipped.class, "reason="),
            Map.entry(CronRun.class, "begun=1970-01-01T00:00:00Z"),
            Map.entry(NodeWish.class, "availability=ACTIVE labels={} by= deadline=null due=null startFirst=null"),
            Map.entry(
                    NodeFacts.class,
                    "hostname= labels={} capacity=Capacity[cpus=0,memoryBytes=0,gpus=0] engineVersion="
                            + " agentVersion= meshIp=null meshKey=null condition= features=[] os= arch="
                            + " reserve=null allows=[] namesFault= containerSubnets=[] routesFault="),
            Map.entry(
                    NodeJudgement.class,
                    "reason= since=1970-01-01T00:00:00Z witnesses=[] unsteady=null silentSince=null"),
            Map.entry(SlotVolume.class, "since=1970-01-01T00:00:00Z removing=null movedTo=null"),
            Map.entry(SlotMove.class, "copying=false since=1970-01-01T00:00:00Z failures=0"),
            Map.entry(Unsteady.class, "downs=0 returned=1970-01-01T00:00:00Z heldUntil=null"),
            Map.entry(
                    Node.class,
                    "key=null wish=" + compact(NodeWish.NONE) + " facts=" + compact(NodeFacts.NONE) + " judgement=-"),
            Map.entry(KnitEvent.class, "at=1970-01-01T00:00:00Z deployment=null instance=null node=null message="));

    static Stream<Arguments> fields() {
        return FULL.stream()
                .flatMap(record -> Arrays.stream(record.getClass().getRecordComponents())
                        .map(field -> Arguments.of(
                                record.getClass().getSimpleName() + "." + field.getName(), record, field)));
    }

    private static String compact(Record record) {
        return String.valueOf(record).replace(", ", ",");
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void oneFieldIsMissing(String name, Record full, RecordComponent field) throws ReflectiveOperationException {
        for (boolean isNull : new boolean[] {false, true}) {
            if (isNull && field.getType().isPrimitive()) {
                continue;
            }
            ObjectNode tree = WireCodec.parse(WireCodec.encodeText(full));
            if (Defaults.isKeptApart(field)) {
                assertThat(tree.has(snakeCase(field.getName())))
                        .as("it has a document of its own")
                        .isFalse();
                return;
            }
            assertThat(tree.has(snakeCase(field.getName())))
                    .as("the example says it")
                    .isTrue();
            tree.remove(snakeCase(field.getName()));
            if (isNull) {
                tree.putNull(snakeCase(field.getName()));
            }
            @Nullable
            String unsaid = Arrays.stream(
                            Objects.requireNonNull(UNSAID.get(full.getClass())).split(" "))
                    .filter(it -> it.startsWith(field.getName() + "="))
                    .findFirst()
                    .orElse(null);
            if (unsaid == null) {
                assertThatThrownBy(() -> WireCodec.decodeText(tree.toString(), full.getClass()))
                        .isInstanceOfSatisfying(
                                KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_JSON))
                        .hasMessage("can't be read as " + full.getClass().getSimpleName() + ": "
                                + snakeCase(field.getName()) + " is missing");
                return;
            }
            Record read = WireCodec.decodeText(tree.toString(), full.getClass());
            assertThat(field.getName() + "="
                            + String.valueOf(value(read, field)).replace(", ", ","))
                    .isEqualTo(unsaid);
            for (RecordComponent other : full.getClass().getRecordComponents()) {
                if (!other.getName().equals(field.getName())) {
                    assertThat(value(read, other)).as("%s", other).isEqualTo(value(full, other));
                }
            }
        }
    }

    private static @Nullable Object value(Record record, RecordComponent field) throws ReflectiveOperationException {
        return field.getAccessor().invoke(record);
    }

    @Test
    @DisplayName("when an image is pulled without a word on it follows from its tag, as with a spec that is new")
    void pull() {
        assertThat(WireCodec.decodeText("{\"name\":\"a\",\"image\":\"nginx\"}", DeploymentSpec.class))
                .isEqualTo(DeploymentSpec.builder("a", "nginx").build());
        assertThat(WireCodec.decodeText("{\"name\":\"a\",\"image\":\"nginx:1\"}", DeploymentSpec.class))
                .isEqualTo(DeploymentSpec.builder("a", "nginx:1").build());
    }

    @Test
    @DisplayName("every record in a spec says which of its fields go into the hashes of old")
    void everyPartOfASpecKeepsItsHash() {
        for (Class<?> part : partsOf(DeploymentSpec.class, new LinkedHashSet<>())) {
            Record full = FULL.stream()
                    .filter(part::isInstance)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("give an example of " + part));
            boolean isPart = SpecTable.ALL.values().stream().noneMatch(table -> table.record() == part);
            assertThat(Defaults.isLeftOut(part.getRecordComponents()[0]))
                    .as("the first field of %s was there from the first, unless JSON has each of it by itself", part)
                    .isEqualTo(isPart);
            assertThat(full).isNotNull();
        }
    }

    private static Set<Class<?>> partsOf(Class<?> type, Set<Class<?>> found) {
        if (type.isRecord() && found.add(type)) {
            for (RecordComponent field : type.getRecordComponents()) {
                partsOf(field.getType(), found);
                if (field.getGenericType() instanceof ParameterizedType generic) {
                    for (Type argument : generic.getActualTypeArguments()) {
                        partsOf((Class<?>) argument, found);
                    }
                }
            }
        }
        return found;
    }

    @Test
    @DisplayName("why a record can't be read is said with the place, and with no content but words of enumerations")
    void words() {
        String spec = WireCodec.encodeText(SPEC);
        assertUnreadable(
                spec.replace("NEVER", "SOME\\u001bTIMES"), "pull is SOME?TIMES, which this version does not know");
        assertUnreadable(
                spec.replace("\"UDP\"", "\"SCTP\""), "ports[0].protocol is SCTP, which this version does not know");
        assertUnreadable(spec.replace("8080", "\"secret\""), "ports[0].host_port can't be what is there");
        assertUnreadable(spec.substring(0, 40), "it is not JSON");
        assertUnreadable("[1]", "it holds something else");
        assertUnreadable("null", "it is null");
    }

    private static void assertUnreadable(String text, String why) {
        assertThatThrownBy(() -> WireCodec.decodeText(text, DeploymentSpec.class))
                .hasMessage("can't be read as DeploymentSpec: " + why)
                .hasNoCause();
    }

    @Test
    @DisplayName("unknown fields cost nothing")
    void unknownFields() {
        for (Record full : FULL) {
            JsonNode tree = WireCodec.parse(WireCodec.encodeText(full)).put("of_the_future", 1);
            assertThat(WireCodec.decodeText(tree.toString(), full.getClass())).isEqualTo(full);
        }
    }
}
