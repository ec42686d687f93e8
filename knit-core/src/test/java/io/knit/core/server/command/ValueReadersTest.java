package io.knit.core.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.CronRun;
import io.knit.api.model.CronRuns;
import io.knit.api.model.CronSpec;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.EnvSource;
import io.knit.api.model.Health;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.Node;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.Observed;
import io.knit.api.model.Rollout;
import io.knit.api.model.SecretMount;
import io.knit.api.model.TemplateSpec;
import io.knit.core.server.Fixtures;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.KnownValue;
import io.knit.core.server.state.Revision;
import io.knit.core.server.value.KeyRing;
import io.knit.core.server.value.ReadBy;
import io.knit.core.server.value.ReadVersions;
import io.knit.core.server.value.Sealing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ValueReadersTest {
    private static final Instant NOW = Instant.parse("2026-11-28T08:00:00Z");
    private static final Caller ANN = new Caller("ann", Caller.Role.DEPLOYER, "10.0.0.1");
    private static final KeyRing KEYS = KeyRing.of(List.of(KeyRing.keyOf("key")));
    private static final DeploymentSpec WEB =
            DeploymentSpec.builder("web", "web:1").secret(SecretMount.of("db")).build();

    private ClusterState state = ClusterState.empty("c1");
    private int chances;

    private List<Change> run(Command<?> command) {
        Decision<?> decision = Commands.decide(command, ANN, state, NOW, new Sealing(KEYS, "chance " + chances++));
        follow(decision.changes());
        return decision.changes();
    }

    private void follow(List<Change> changes) {
        for (Change change : changes) {
            state = change.applyTo(state);
        }
    }

    private List<Change> set(Kind kind, String name, String text) {
        return run(new Command.SetValue(kind, name, Content.of(text)));
    }

    private void deploy(DeploymentSpec spec) {
        run(new Command.Deploy(spec, null));
    }

    private Revision present(String name) {
        int number = Objects.requireNonNull(state.deployment(name)).revision();
        return Objects.requireNonNull(state.revision(name, number));
    }

    private void runs(int revision) {
        follow(List.of(new Change.PutInstance(
                Instance.pending("web-0-" + revision, "web", revision, 0, 0, List.of(), NOW, "", NOW))));
    }

    private void isHealthy(String instance) {
        Instance healthy = Objects.requireNonNull(state.instance(instance))
                .placedOn("n1", List.of(), NOW)
                .with(new Observed(InstanceState.RUNNING, "", 0, false, 1, NOW, Health.HEALTHY, NOW));
        assertThat(healthy.isHealthy()).isTrue();
        follow(List.of(new Change.PutInstance(healthy)));
    }

    @Test
    @DisplayName("what is read must be there, and the refusal says where it is read and how it is set")
    void mustBeThere() {
        assertThatThrownBy(() -> deploy(WEB)).isInstanceOfSatisfying(KnitException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE);
            assertThat(e).hasMessageContaining("there is no secret \"db\"; set it first (knit secret set db");
        });
        set(Kind.SECRET, "db", "hush");
        deploy(WEB);
        assertThat(present("web").reads()).isEqualTo(Map.of("secret/db", 1));
    }

    @Test
    @DisplayName(
            "who reads what is known of each kind: by the spec, by the text of a file that is a template, and by the hosts of images")
    void whoReads() {
        set(Kind.SECRET, "db", "hush");
        set(Kind.VAR, "HOST", "a");
        set(Kind.FILE, "conf", "{{ var('HOST') }}");
        deploy(WEB);
        deploy(DeploymentSpec.builder("api", "registry.example:5000/api:1")
                .template(TemplateSpec.from("conf", "/c"))
                .build());
        deploy(DeploymentSpec.builder("own", "registry.example:5000/own:1")
                .secret(SecretMount.of("db"))
                .registryAuth("a", "b")
                .build());
        assertThat(ReadBy.of(state, Kind.SECRET)).isEqualTo(Map.of("db", List.of("own", "web")));
        assertThat(ReadBy.of(state, Kind.VAR)).isEqualTo(Map.of("HOST", List.of("api")));
        assertThat(ReadBy.of(state, Kind.FILE)).isEqualTo(Map.of("conf", List.of("api")));
        assertThat(ReadBy.of(state, Kind.REGISTRY))
                .isEqualTo(Map.of("docker.io", List.of("web"), "registry.example:5000", List.of("api")));
        run(new Command.Undeploy("web"));
        assertThat(ReadBy.of(state, Kind.SECRET)).isEqualTo(Map.of("db", List.of("own")));
    }

    @Test
    @DisplayName("another content is a revision of each that reads it, of nobody else; the same content of none")
    void another() {
        set(Kind.SECRET, "db", "hush");
        deploy(WEB);
        deploy(DeploymentSpec.builder("other", "web:1").build());
        String hash = present("web").specHash();
        assertThat(set(Kind.SECRET, "db", "hush")).isEmpty();
        set(Kind.SECRET, "db", "hush hush");
        assertThat(present("web").number()).isEqualTo(2);
        assertThat(present("web").reads()).isEqualTo(Map.of("secret/db", 2));
        assertThat(present("web").specHash()).isNotEqualTo(hash);
        assertThat(present("web").by()).isEqualTo("ann");
        assertThat(present("web").command()).contains("db").doesNotContain("hush");
        assertThat(present("other").number()).isEqualTo(1);
        assertThat(present("other").specHash())
                .as("as releases before have it")
                .isEqualTo(Revision.of(1, present("other").spec()).specHash());
    }

    @Test
    @DisplayName("a job that runs to its end is not run anew, and goes on with what it had")
    void jobs() {
        set(Kind.SECRET, "db", "hush");
        deploy(DeploymentSpec.builder("load", "web:1")
                .mode(Mode.JOB)
                .job(JobSpec.DEFAULT)
                .secret(SecretMount.of("db"))
                .build());
        set(Kind.SECRET, "db", "other");
        assertThat(present("load").number()).isEqualTo(1);
        KnownValue kept = state.values().version("secret/db", 1);
        assertThat(kept).isNotNull();
        assertThat(new Sealing(KEYS, "").open(Objects.requireNonNull(kept))).isEqualTo(Content.of("hush"));
    }

    @Test
    @DisplayName("a version that is not the newest is kept while something may be made with it, and no longer")
    void older() {
        set(Kind.SECRET, "db", "one");
        deploy(WEB);
        runs(1);
        set(Kind.SECRET, "db", "two");
        assertThat(state.values().older().keySet()).containsExactly("secret/db/1");
        assertThat(ReadVersions.forgotten(state, "web")).isEmpty();
        runs(2);
        follow(List.of(new Change.RemoveInstance("web-0-1")));
        follow(ReadVersions.forgotten(state, "web"));
        assertThat(state.values().older()).isEmpty();
        set(Kind.SECRET, "db", "three");
        assertThat(state.values().older().keySet()).containsExactly("secret/db/2");
        follow(List.of(new Change.RemoveInstance("web-0-2"), new Change.RemoveDeployment("web")));
        follow(ReadVersions.forgotten(state, "web"));
        assertThat(state.values().older()).isEmpty();
    }

    @Test
    @DisplayName("what is read is not removed, and the refusal says by whom it is read")
    void inUse() {
        set(Kind.SECRET, "db", "one");
        deploy(WEB);
        Command.RemoveValue remove = new Command.RemoveValue(Kind.SECRET, "db");
        assertThatThrownBy(() -> run(remove)).hasMessageContaining("the secret db is read by web;");
        deploy(DeploymentSpec.builder("web", "web:1").build());
        run(remove);
        assertThat(state.values().get(Kind.SECRET, "db")).isNull();
    }

    @Test
    @DisplayName(
            "nor is what the revision reads that an update goes back to if it fails, or that still runs, whatever its version")
    void inUseByWhatIsGoneBackTo() {
        set(Kind.SECRET, "db", "one");
        deploy(WEB);
        runs(1);
        Deployment first = Objects.requireNonNull(state.deployment("web"));
        follow(List.of(new Change.PutDeployment(first.with(first.rollout().done(1, NOW)))));
        set(Kind.SECRET, "db", "two");
        deploy(DeploymentSpec.builder("web", "web:2").build());
        Command.RemoveValue remove = new Command.RemoveValue(Kind.SECRET, "db");
        for (String gone : List.of("", "web-0-1")) {
            follow(gone.isEmpty() ? List.of() : List.of(new Change.RemoveInstance(gone)));
            assertThatThrownBy(() -> run(remove))
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE))
                    .hasMessage("the secret db is read by revision 1 of web, which still runs or is gone back to if its"
                            + " update fails; remove it when the update is done, or undeploy it");
        }
        Deployment next = Objects.requireNonNull(state.deployment("web"));
        follow(List.of(new Change.PutDeployment(next.with(next.rollout().done(3, NOW)))));
        runs(1);
        assertThatThrownBy(() -> run(remove)).as("it still runs").hasMessageContaining("revision 1 of web");
        follow(List.of(new Change.PutInstance(
                Objects.requireNonNull(state.instance("web-0-1")).stopping("replaced", NOW))));
        run(remove);
        assertThat(state.values().get(Kind.SECRET, "db")).isNull();
    }

    @Test
    @DisplayName("where no update is under way the refusal says what keeps it, and how that ends")
    void inUseThoughNothingIsUnderWay() {
        set(Kind.SECRET, "db", "one");
        deploy(WEB);
        isDone(1);
        deploy(DeploymentSpec.builder("web", "web:2").replicas(0).build());
        isDone(1);
        Command.RemoveValue remove = new Command.RemoveValue(Kind.SECRET, "db");
        assertThatThrownBy(() -> run(remove))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE))
                .hasMessage("the secret db is read by revision 1 of web, the last that was healthy in every slot, to"
                        + " which a failed update goes back; remove it when the present revision runs and is healthy"
                        + " (with 0 replicas: scale it up), or undeploy it");
        runs(1);
        assertThatThrownBy(() -> run(remove))
                .hasMessage("the secret db is read by revision 1 of web, which still runs; remove it when that has"
                        + " ended, or undeploy it");
        follow(List.of(new Change.RemoveInstance("web-0-1")));
        isDone(2);
        run(remove);
        assertThat(state.values().get(Kind.SECRET, "db")).isNull();
    }

    @Test
    @DisplayName(
            "what is on a node that is away, or keeps what it has, does not just run on: the refusal names the node")
    void inUseOnNodesThatAreAway() {
        set(Kind.SECRET, "db", "one");
        deploy(WEB);
        deploy(DeploymentSpec.builder("web", "web:2").build());
        isDone(2);
        for (String id : List.of("n1", "n2")) {
            follow(List.of(new Change.PutNode(Fixtures.node(id, Map.of()))));
        }
        runsOn("n1", 0);
        Command.RemoveValue remove = new Command.RemoveValue(Kind.SECRET, "db");
        String read = "the secret db is read by revision 1 of web, which ";
        String until =
                "; remove it when the present revision runs there (what is never back: knit node rm), or undeploy it";
        assertThatThrownBy(() -> run(remove)).hasMessageStartingWith(read + "still runs;");
        follow(List.of(
                new Change.PutJudgement("n1", new NodeJudgement(NodeState.DOWN, "", NOW, List.of())),
                new Change.PutInstance(
                        Objects.requireNonNull(state.instance("web-0-1")).lost("n1 is down", NOW))));
        assertThatThrownBy(() -> run(remove)).hasMessage(read + "is on n1, which is down" + until);
        runsOn("n2", 1);
        assertThatThrownBy(() -> run(remove)).as("n2 is up").hasMessageStartingWith(read + "still runs;");
        Node paused = Objects.requireNonNull(state.node("n2"));
        follow(List.of(new Change.PutNode(paused.with(NodeWish.NONE.with(NodeWish.Availability.PAUSED, "ann")))));
        assertThatThrownBy(() -> run(remove))
                .hasMessage(read + "is on n1, which is down, on n2, which is paused" + until);
        follow(List.of(new Change.RemoveInstance("web-0-1"), new Change.RemoveInstance("web-1-1")));
        run(remove);
        assertThat(state.values().get(Kind.SECRET, "db")).isNull();
    }

    private void runsOn(String node, int slot) {
        Instance there = Instance.pending("web-" + slot + "-1", "web", 1, slot, 0, List.of(), NOW, "", NOW)
                .placedOn(node, List.of(), NOW)
                .with(new Observed(InstanceState.RUNNING, "", 0, false, 1, NOW));
        follow(List.of(new Change.PutInstance(there)));
    }

    private void isDone(int healthy) {
        Deployment web = Objects.requireNonNull(state.deployment("web"));
        follow(List.of(new Change.PutDeployment(web.with(web.rollout().done(healthy, NOW)))));
    }

    @Test
    @DisplayName("who is on the way out does not keep what it read from being removed")
    void onTheWayOut() {
        set(Kind.SECRET, "db", "one");
        deploy(WEB);
        runs(1);
        run(new Command.Undeploy("web"));
        assertThat(Objects.requireNonNull(state.deployment("web")).deleting()).isTrue();
        run(new Command.RemoveValue(Kind.SECRET, "db"));
        assertThat(state.values().get(Kind.SECRET, "db")).isNull();
    }

    @Test
    @DisplayName("a run of a schedule that is under way keeps what its revision read")
    void schedules() {
        set(Kind.SECRET, "db", "one");
        deploy(DeploymentSpec.builder("load", "web:1")
                .cron(CronSpec.of("0 3 * * *"))
                .secret(SecretMount.of("db"))
                .build());
        Deployment load = Objects.requireNonNull(state.deployment("load"));
        CronRun run = new CronRun(NOW, NOW, JobRun.begin(1, NOW, NOW));
        follow(List.of(new Change.PutDeployment(
                load.with(CronRuns.begin(NOW.minusSeconds(1)).beginning(run)))));
        set(Kind.SECRET, "db", "two");
        set(Kind.SECRET, "db", "three");
        follow(ReadVersions.forgotten(state, "load"));
        assertThat(state.values().older().keySet()).containsExactly("secret/db/1");
    }

    @Test
    @DisplayName("a file that is a template reads for those whose template it is")
    void sources() {
        set(Kind.FILE, "app.conf", "{{ var('HOST') }}");
        DeploymentSpec spec = SpecWithSource.of("web", "app.conf");
        assertThatThrownBy(() -> deploy(spec)).hasMessageContaining("there is no variable \"HOST\"");
        set(Kind.VAR, "HOST", "a");
        deploy(spec);
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1, "var/HOST", 1));
        set(Kind.VAR, "HOST", "b");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1, "var/HOST", 2));
        set(Kind.FILE, "app.conf", "plain");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 2));
        assertThat(present("web").number()).isEqualTo(3);
        assertThat(Value.Kind.FILE.words()).isEqualTo("file");
    }

    @Test
    @DisplayName("who goes back has what the revision had, as far as it is kept, and the newest of the rest")
    void rollback() {
        set(Kind.SECRET, "db", "one");
        deploy(WEB);
        runs(1);
        String first = present("web").specHash();
        set(Kind.SECRET, "db", "two");
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("secret/db", 1));
        assertThat(present("web").specHash())
                .as("what still runs by it is what is wanted")
                .isEqualTo(first);
        set(Kind.SECRET, "db", "three");
        follow(List.of(new Change.RemoveInstance("web-0-1")));
        follow(ReadVersions.forgotten(state, "web"));
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("secret/db", 3));
    }

    @Test
    @DisplayName(
            "a file that is a template is not set to a text that reads what is not there, and the refusal says whose template it is")
    void sourceThatReadsWhatIsNotThere() {
        set(Kind.FILE, "app.conf", "{{ var('HOST') }}");
        set(Kind.VAR, "HOST", "a");
        deploy(SpecWithSource.of("web", "app.conf"));
        assertThatThrownBy(() -> set(Kind.FILE, "app.conf", "{{ var('HOTS') }}"))
                .isInstanceOfSatisfying(KnitException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE);
                    assertThat(e.pointer()).isEqualTo("/value");
                })
                .hasMessage("web has this file as a template: there is no variable \"HOTS\"; set it first"
                        + " (knit var set HOTS, PUT /vars/HOTS)");
        assertThat(Objects.requireNonNull(state.values().get(Kind.FILE, "app.conf"))
                        .value()
                        .version())
                .isEqualTo(1);
        set(Kind.VAR, "HOTS", "b");
        set(Kind.FILE, "app.conf", "{{ var('HOTS') }}");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 2, "var/HOTS", 1));
        run(new Command.Undeploy("web"));
        set(Kind.FILE, "app.conf", "{{ var('NOBODY') }}");
    }

    @Test
    @DisplayName("what a template may do without is no reason to refuse its file")
    void sourceThatMayDoWithout() {
        set(Kind.FILE, "app.conf", "plain");
        deploy(io.knit.core.spec.SpecTable.SPEC.with(
                DeploymentSpec.builder("web", "web:1").build(),
                Map.of(
                        "templates",
                        List.of(TemplateSpec.from("app.conf", "/etc/app.conf")
                                .missing(TemplateSpec.OnMissing.DEFAULT)))));
        set(Kind.FILE, "app.conf", "{{ var('HOTS') | default('x') }}");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 2));
        set(Kind.VAR, "HOTS", "b");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 2, "var/HOTS", 1));
    }

    private static DeploymentSpec withTemplates(TemplateSpec... templates) {
        return io.knit.core.spec.SpecTable.SPEC.with(
                DeploymentSpec.builder("web", "web:1").build(), Map.of("templates", List.of(templates)));
    }

    @Test
    @DisplayName(
            "a file is not refused for what another template waits for already, and goes out beside that; it is for what it reads itself")
    void sourceBesideOneThatWaits() {
        set(Kind.FILE, "app.conf", "one");
        set(Kind.FILE, "logo.svg", "one");
        TemplateSpec conf = TemplateSpec.from("app.conf", "/etc/app.conf");
        TemplateSpec logo = TemplateSpec.from("logo.svg", "/etc/logo.svg").by(TemplateSpec.Engine.NONE);
        deploy(withTemplates(conf, logo));
        runs(1);
        deploy(withTemplates(
                conf, logo, new TemplateSpec("/etc/tok", "{{ secret('tok') }}").missing(TemplateSpec.OnMissing.WAIT)));
        isHealthy("web-0-1");
        set(Kind.FILE, "app.conf", "two");
        set(Kind.FILE, "logo.svg", "two");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 2, "file/logo.svg", 2));
        assertThat(ReadVersions.awaited(state, present("web"))).contains("secret/tok");
        assertThatThrownBy(() -> set(Kind.FILE, "app.conf", "{{ secret('tok') }}"))
                .hasMessageContaining("web has this file as a template: there is no secret \"tok\"; set it first");
        set(Kind.SECRET, "tok", "hush");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 2, "file/logo.svg", 2, "secret/tok", 1));
        set(Kind.FILE, "app.conf", "{{ secret('tok') }}");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 3, "file/logo.svg", 2, "secret/tok", 1));
    }

    @Test
    @DisplayName(
            "what runs is not replaced by what waits: a file is refused whose template may wait, for what it reads newly")
    void sourceThatWouldWait() {
        set(Kind.FILE, "app.conf", "one");
        deploy(withTemplates(TemplateSpec.from("app.conf", "/etc/app.conf").missing(TemplateSpec.OnMissing.WAIT)));
        runs(1);
        isHealthy("web-0-1");
        assertThatThrownBy(() -> set(Kind.FILE, "app.conf", "{{ secret('tok') }}"))
                .hasMessageContaining("there is no secret \"tok\", and on_missing: wait is for the first start");
    }

    @Test
    @DisplayName(
            "a file is not refused for a variable that its deployment lacks already, which runs on with what it has")
    void sourceBesideWhatIsGone() {
        set(Kind.VAR, "HOST", "a");
        set(Kind.FILE, "app.conf", "one");
        set(Kind.FILE, "logo.svg", "one");
        deploy(withTemplates(
                TemplateSpec.from("app.conf", "/etc/app.conf"),
                TemplateSpec.from("logo.svg", "/etc/logo.svg").by(TemplateSpec.Engine.NONE),
                new TemplateSpec("/etc/host", "{{ var('HOST') }}")));
        Map<String, Integer> had = present("web").reads();
        // as a release before could
        follow(List.of(new Change.RemoveValue(Kind.VAR, "HOST")));
        set(Kind.FILE, "app.conf", "two");
        set(Kind.FILE, "logo.svg", "two");
        assertThat(present("web").reads()).isEqualTo(had);
        set(Kind.VAR, "HOST", "b");
        assertThat(present("web").reads()).containsEntry("var/HOST", 2);
    }

    @Test
    @DisplayName(
            "another secret goes out though the newest text of a file reads what is not there any more; that file and another stay as they are until they are set")
    void goesOutBesideATextThatCannotBeHad() {
        set(Kind.FILE, "app.conf", "one");
        set(Kind.FILE, "more.conf", "one");
        set(Kind.SECRET, "db", "one");
        deploy(io.knit.core.spec.SpecTable.SPEC.with(
                WEB,
                Map.of(
                        "templates",
                        List.of(
                                TemplateSpec.from("app.conf", "/etc/app.conf"),
                                TemplateSpec.from("more.conf", "/etc/more.conf")))));
        runs(1);
        set(Kind.VAR, "HOTS", "a");
        set(Kind.FILE, "app.conf", "{{ var('HOTS') }}");
        set(Kind.FILE, "more.conf", "two");
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1, "file/more.conf", 1, "secret/db", 1));
        run(new Command.RemoveValue(Kind.VAR, "HOTS"));
        set(Kind.SECRET, "db", "two");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1, "file/more.conf", 1, "secret/db", 2));
        set(Kind.FILE, "more.conf", "three");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1, "file/more.conf", 3, "secret/db", 2));
        assertThatThrownBy(() -> set(Kind.FILE, "more.conf", "{{ var('HOTS') }}"))
                .hasMessageContaining("web has this file as a template: there is no variable \"HOTS\"");
        assertThatThrownBy(() -> set(Kind.FILE, "app.conf", "{{ var('HOTS') }} "))
                .hasMessageContaining("web has this file as a template: there is no variable \"HOTS\"");
        set(Kind.FILE, "app.conf", "three");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 3, "file/more.conf", 3, "secret/db", 2));
    }

    @Test
    @DisplayName(
            "who goes back to an older text of the file that is its template reads what that reads, and needs no more")
    void rollbackOfAFile() {
        set(Kind.FILE, "app.conf", "{{ var('HOST') }}");
        set(Kind.VAR, "HOST", "a");
        deploy(SpecWithSource.of("web", "app.conf"));
        runs(1);
        set(Kind.FILE, "app.conf", "plain");
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1, "var/HOST", 1));
        assertThatThrownBy(() -> run(new Command.RemoveValue(Kind.VAR, "HOST")))
                .hasMessageContaining("the variable HOST is read by web");
        deploy(DeploymentSpec.builder("web", "web:1").build());
        set(Kind.FILE, "app.conf", "{{ var('HOTS') }}");
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1, "var/HOST", 1));
    }

    @Test
    @DisplayName("who went back from a text of a file stays with the one before it when what that reads is set")
    void setAfterARollbackOfAFile() {
        set(Kind.FILE, "app.conf", "{{ var('HOST') }}");
        set(Kind.VAR, "HOST", "a");
        deploy(SpecWithSource.of("web", "app.conf"));
        runs(1);
        set(Kind.FILE, "app.conf", "plain");
        run(new Command.Rollback("web", 1, null));
        set(Kind.VAR, "HOST", "b");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1, "var/HOST", 2));
        assertThat(present("web").command()).contains("HOST");
        int number = present("web").number();
        deploy(SpecWithSource.of("web", "app.conf"));
        assertThat(present("web").number()).as("which is the same spec").isEqualTo(number);
        run(new Command.Rollback("web", 2, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 2));
        run(new Command.Rollback("web", 1, null));
        deploy(io.knit.core.spec.SpecTable.SPEC.with(
                SpecWithSource.of("web", "app.conf"), Map.of("labels", Map.of("a", "b"))));
        assertThat(present("web").reads()).as("another spec has the newest").isEqualTo(Map.of("file/app.conf", 2));
    }

    @Test
    @DisplayName(
            "who went back from a secret, and from another variable, stays so when another secret is set, until they are set themselves")
    void setAfterARollback() {
        set(Kind.SECRET, "a", "one");
        set(Kind.SECRET, "b", "one");
        set(Kind.VAR, "c", "one");
        deploy(DeploymentSpec.builder("web", "web:1")
                .secret(SecretMount.of("a"))
                .secret(SecretMount.of("b"))
                .envFrom(EnvSource.ofVar("c"))
                .build());
        runs(1);
        set(Kind.SECRET, "a", "bad");
        set(Kind.VAR, "c", "bad");
        run(new Command.Rollback("web", 1, null));
        set(Kind.SECRET, "b", "two");
        assertThat(present("web").reads()).isEqualTo(Map.of("secret/a", 1, "secret/b", 2, "var/c", 1));
        set(Kind.SECRET, "a", "good");
        assertThat(present("web").reads()).isEqualTo(Map.of("secret/a", 3, "secret/b", 2, "var/c", 1));
        runs(present("web").number());
        follow(List.of(new Change.RemoveInstance("web-0-1")));
        follow(ReadVersions.forgotten(state, "web"));
        assertThat(state.values().version("var/c", 1))
                .as("as long as it is read")
                .isNotNull();
    }

    @Test
    @DisplayName(
            "what the text in force may do without goes out when it is set, though the newest does not read it; what the newest alone reads does not")
    void setWhatMayBeMissingAfterARollback() {
        set(Kind.FILE, "app.conf", "{{ var('MOTD') | default('x') }}");
        deploy(io.knit.core.spec.SpecTable.SPEC.with(
                DeploymentSpec.builder("web", "web:1").build(),
                Map.of(
                        "templates",
                        List.of(TemplateSpec.from("app.conf", "/etc/app.conf")
                                .missing(TemplateSpec.OnMissing.DEFAULT)))));
        runs(1);
        set(Kind.FILE, "app.conf", "{{ var('MORE') | default('x') }}");
        run(new Command.Rollback("web", 1, null));
        int number = present("web").number();
        set(Kind.VAR, "MORE", "hi");
        assertThat(present("web").number()).isEqualTo(number);
        set(Kind.VAR, "MOTD", "hi");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1, "var/MOTD", 1));
    }

    private static TemplateSpec motd(TemplateSpec.OnMissing missing) {
        return new TemplateSpec("/etc/motd", "{{ var('MOTD') | default('x') }}").missing(missing);
    }

    @Test
    @DisplayName(
            "what was set for the first time is gone back from, also beside what is read ever since, and stays behind")
    void rollbackToWhatDidWithout() {
        set(Kind.SECRET, "db", "one");
        deploy(io.knit.core.spec.SpecTable.SPEC.with(
                WEB, Map.of("templates", List.of(motd(TemplateSpec.OnMissing.DEFAULT)))));
        runs(1);
        String first = present("web").specHash();
        set(Kind.VAR, "MOTD", "bad");
        assertThat(present("web").reads()).isEqualTo(Map.of("secret/db", 1, "var/MOTD", 1));
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("secret/db", 1));
        assertThat(present("web").specHash()).isEqualTo(first);
        set(Kind.SECRET, "db", "two");
        assertThat(present("web").reads()).as("another secret").isEqualTo(Map.of("secret/db", 2));
        set(Kind.VAR, "MOTD", "good");
        assertThat(present("web").reads()).isEqualTo(Map.of("secret/db", 2, "var/MOTD", 2));
    }

    @Test
    @DisplayName(
            "what was gone back from does not come with another text of the file that does without it; what only that one reads does")
    void anotherTextAfterARollback() {
        set(Kind.FILE, "app.conf", "{{ var('MOTD') | default('x') }}");
        deploy(withTemplates(TemplateSpec.from("app.conf", "/etc/app.conf").missing(TemplateSpec.OnMissing.DEFAULT)));
        runs(1);
        set(Kind.VAR, "MOTD", "bad");
        set(Kind.VAR, "MORE", "hi");
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1));
        set(Kind.FILE, "app.conf", "{{ var('MOTD') | default('x') }} {{ var('MORE') | default('x') }}");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 2, "var/MORE", 1));
    }

    @Test
    @DisplayName("what another of its templates needs is read, whatever was gone back from")
    void neededBesideWhatMayBeMissing() {
        set(Kind.FILE, "app.conf", "plain");
        deploy(withTemplates(TemplateSpec.from("app.conf", "/etc/app.conf"), motd(TemplateSpec.OnMissing.DEFAULT)));
        runs(1);
        set(Kind.VAR, "MOTD", "hi");
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1));
        set(Kind.FILE, "app.conf", "{{ var('MOTD') }}");
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 2, "var/MOTD", 1));
    }

    @Test
    @DisplayName("who goes back to what waited for what is set by now does not wait for it: it is what it is already")
    void rollbackToWhatWaited() {
        deploy(withTemplates(new TemplateSpec("/etc/tok", "{{ secret('tok') }}").missing(TemplateSpec.OnMissing.WAIT)));
        assertThat(ReadVersions.awaited(state, present("web"))).contains("secret/tok");
        set(Kind.SECRET, "tok", "hush");
        assertThat(present("web").number()).isEqualTo(2);
        assertThatThrownBy(() -> run(new Command.Rollback("web", null, null)))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").number()).isEqualTo(2);
        deploy(DeploymentSpec.builder("web", "web:2").build());
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("secret/tok", 1));
        assertThat(ReadVersions.awaited(state, present("web"))).isEmpty();
    }

    @Test
    @DisplayName(
            "what the older text reads is part of the container, though the newest does not read it and other files follow")
    void rollbackBesideAFileThatFollows() {
        set(Kind.FILE, "app.conf", "{{ var('HOST') }}");
        set(Kind.VAR, "HOST", "a");
        deploy(io.knit.core.spec.SpecTable.SPEC.with(
                DeploymentSpec.builder("web", "web:1").build(),
                Map.of(
                        "templates",
                        List.of(
                                TemplateSpec.from("app.conf", "/etc/app.conf"),
                                new TemplateSpec("/etc/motto", "x").signalling("SIGHUP")))));
        set(Kind.VAR, "HOST", "b");
        runs(2);
        set(Kind.FILE, "app.conf", "plain");
        follow(List.of(new Change.PutDeployment(
                Objects.requireNonNull(state.deployment("web")).with(Rollout.NONE))));
        follow(ReadVersions.forgotten(state, "web"));
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 1, "var/HOST", 2));
        assertThat(present("web").specHash())
                .isNotEqualTo(Objects.requireNonNull(state.revision("web", 1)).specHash());
    }

    @Test
    @DisplayName("a template waits for what the text that its revision has reads, not for what the newest does")
    void awaitsByItsOwnText() {
        set(Kind.FILE, "app.conf", "plain");
        deploy(io.knit.core.spec.SpecTable.SPEC.with(
                DeploymentSpec.builder("web", "web:1").build(),
                Map.of(
                        "templates",
                        List.of(TemplateSpec.from("app.conf", "/etc/app.conf").missing(TemplateSpec.OnMissing.WAIT)))));
        runs(1);
        set(Kind.FILE, "app.conf", "{{ var('HOTS') }}");
        assertThat(ReadVersions.awaited(state, present("web"))).contains("var/HOTS");
        run(new Command.Rollback("web", 1, null));
        assertThat(ReadVersions.awaited(state, present("web"))).isEmpty();
    }

    @Test
    @DisplayName(
            "who goes back to a revision whose text of the file is not kept any more has the newest, and what that reads")
    void rollbackOfAFileThatIsNotKept() {
        set(Kind.FILE, "app.conf", "{{ var('HOST') }}");
        set(Kind.VAR, "HOST", "a");
        set(Kind.VAR, "OTHER", "b");
        deploy(SpecWithSource.of("web", "app.conf"));
        set(Kind.FILE, "app.conf", "{{ var('OTHER') }}");
        follow(List.of(new Change.PutDeployment(
                Objects.requireNonNull(state.deployment("web")).with(Rollout.NONE))));
        follow(ReadVersions.forgotten(state, "web"));
        assertThat(state.values().older()).isEmpty();
        deploy(DeploymentSpec.builder("web", "web:1").build());
        run(new Command.Rollback("web", 1, null));
        assertThat(present("web").reads()).isEqualTo(Map.of("file/app.conf", 2, "var/OTHER", 1));
    }

    @Test
    @DisplayName("who may not read what the newest text of a file reads may go back to a text that does not")
    void rollbackOfAFileByScoped() {
        set(Kind.FILE, "web.conf", "plain");
        set(Kind.SECRET, "db-root", "hush");
        deploy(SpecWithSource.of("web", "web.conf"));
        runs(1);
        set(Kind.FILE, "web.conf", "{{ secret('db-root') }}");
        Caller scoped = new Caller("eve", Caller.Role.DEPLOYER, "10.0.0.1", List.of("web*"));
        Policy.check(new Command.Rollback("web", 1, null), scoped, state);
        set(Kind.FILE, "web.conf", "plain again");
        runs(2);
        assertThatThrownBy(() -> Policy.check(new Command.Rollback("web", 2, null), scoped, state))
                .hasMessageContaining("secret db-root");
    }

    @Test
    @DisplayName("who is for some deployments alone reads what is called as his deployments are")
    void scoped() {
        set(Kind.SECRET, "db-root", "one");
        set(Kind.SECRET, "web-key", "one");
        Caller scoped = new Caller("eve", Caller.Role.DEPLOYER, "10.0.0.1", List.of("web*"));
        Command.Deploy own = new Command.Deploy(
                DeploymentSpec.builder("web", "web:1")
                        .secret(SecretMount.of("web-key"))
                        .build(),
                null);
        Policy.check(own, scoped, state);
        Command.Deploy others = new Command.Deploy(
                DeploymentSpec.builder("web", "web:1")
                        .secret(SecretMount.of("db-root"))
                        .build(),
                null);
        assertThatThrownBy(() -> Policy.check(others, scoped))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN))
                .hasMessageContaining("it reads secret db-root, and eve is for the deployments web*");
        set(Kind.FILE, "web.conf", "{{ secret('db-root') }}");
        Command.Deploy hidden = new Command.Deploy(SpecWithSource.of("web", "web.conf"), null);
        assertThatThrownBy(() -> Policy.check(hidden, scoped, state)).hasMessageContaining("secret db-root");
    }

    private static final class SpecWithSource {
        private SpecWithSource() {}

        static DeploymentSpec of(String name, String source) {
            return io.knit.core.spec.SpecTable.SPEC.with(
                    DeploymentSpec.builder(name, "web:1").build(),
                    Map.of("templates", List.of(TemplateSpec.from(source, "/etc/app.conf"))));
        }
    }
}
