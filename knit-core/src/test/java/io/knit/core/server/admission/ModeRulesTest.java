package io.knit.core.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.knit.api.error.KnitException;
import io.knit.api.model.CronSpec;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.spec.SpecJson;
import io.knit.core.template.TemplateEngine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a mode can't be given with. */
class ModeRulesTest {
    private static final Admission ADMISSION = new Admission(new TemplateEngine());

    private static DeploymentSpec read(String fields) {
        String body = "{\"name\":\"web\",\"image\":\"web:1\"," + fields.replace('\'', '"') + "}";
        return ADMISSION.admit(SpecReader.read(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static Arguments row(String fields, String pointer, String words) {
        return Arguments.of(fields, pointer, words);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                row("'mode':'golbal'", "/mode", "mode is \"golbal\"; give one of replicated, global, job, cron"),
                row("'mode':1", "/mode", "mode is a number; quote it"),
                row(
                        "'mode':'global','replicas':3",
                        "/replicas",
                        "replicas can't be given with the mode global, which has an instance for each node; leave it out, or choose nodes with node_selector and constraints"),
                row("'mode':'global','replicas':1", "/replicas", "replicas can't be given with the mode global"),
                row("'mode':'global','replicas':0", "/replicas", "replicas can't be given with the mode global"),
                row(
                        "'mode':'job','replicas':2",
                        "/replicas",
                        "replicas can't be given with the mode job; leave it out, and say with job.completions and job.parallelism how many there are"),
                row(
                        "'job':{}",
                        "/job",
                        "job is given with the mode replicated, which is not run to an end; give \"mode\": \"job\", or leave it out"),
                row("'mode':'global','job':{'retries':1}", "/job", "job is given with the mode global"),
                row("'mode':'cron'", "/cron", "cron is missing; with the mode cron give a schedule, such as \"cron\""),
                row(
                        "'cron':{'schedule':'* * * * *'}",
                        "/cron",
                        "cron is given with the mode replicated, which does not run by the clock; give \"mode\": \"cron\", or leave it out"),
                row("'mode':'job','cron':{'schedule':'* * * * *'}", "/cron", "cron is given with the mode job"),
                row("'mode':'cron','cron':{}", "/cron/schedule", "schedule is missing"),
                row(
                        "'mode':'cron','cron':{'schedule':'0 25 * * *'}",
                        "/cron/schedule",
                        "cron.schedule is \"0 25 * * *\", which has the hour \"25\", which can't be read; give 0 to 23"),
                row(
                        "'mode':'cron','cron':{'schedule':'0 2 * *'}",
                        "/cron/schedule",
                        "which has 4 fields and must have five; give minute, hour, day of the month, month and day of the week, such as \"30 2 * * mon-fri\""),
                row(
                        "'mode':'cron','cron':{'schedule':'0 0 30 2 *'}",
                        "/cron/schedule",
                        "cron.schedule is \"0 0 30 2 *\", which is never due: there is no such day"),
                row(
                        "'mode':'cron','cron':{'schedule':'0 2 * * *','time_zone':'Europe/Berln'}",
                        "/cron/time_zone",
                        "cron.time_zone is \"Europe/Berln\", which is not known; did you mean \"Europe/Berlin\"?"),
                row(
                        "'mode':'cron','cron':{'schedule':'0 2 * * *','overlap':'forbidden'}",
                        "/cron/overlap",
                        "give one of forbid, allow, replace"),
                row("'mode':'cron','cron':{'schedule':'0 2 * * *','history':21}", "/cron/history", "give 0 to 20"),
                row(
                        "'mode':'cron','cron':{'schedule':'0 2 * * *','catch_up':'1000h'}",
                        "/cron/catch_up",
                        "give 0s to 720h"),
                row(
                        "'mode':'cron','cron':{'schedule':'0 2 * * *'},'restart':{'condition':'always'}",
                        "/restart",
                        "restart can't be given with the mode cron"),
                row(
                        "'mode':'cron','cron':{'schedule':'0 2 * * *'},'update':{'max_parallel':2}",
                        "/update",
                        "update can't be given with the mode cron"),
                row(
                        "'mode':'cron','cron':{'schedule':'0 2 * * *'},'replicas':2",
                        "/replicas",
                        "replicas can't be given with the mode cron; leave it out, and say with job.completions"),
                row("'mode':'job','job':{'completions':0}", "/job/completions", "job.completions is 0; give 1 to 1000"),
                row("'mode':'job','job':{'parallelism':1001}", "/job/parallelism", "give 1 to 1000"),
                row("'mode':'job','job':{'retries':-1}", "/job/retries", "give 0 to 1000"),
                row("'mode':'job','job':{'timeout':'soon'}", "/job/timeout", "timeout is \"soon\""),
                row("'mode':'job','job':{'timeout':'100ms'}", "/job/timeout", "job.timeout is 100ms; give 1s to 720h"),
                row("'mode':'job','job':{'retires':1}", "/job/retires", "did you mean \"retries\"?"),
                row(
                        "'mode':'job','restart':{'condition':'always'}",
                        "/restart",
                        "restart can't be given with the mode job: each of its instances is one attempt, and job.retries says how many may fail; leave it out"),
                row("'mode':'job','restart':{}", "/restart", "restart can't be given with the mode job"),
                row("'mode':'job','restart':{'attempts':3}", "/restart", "restart can't be given with the mode job"),
                row(
                        "'mode':'job','restart':{'condition':'on_failure'}",
                        "/restart",
                        "restart can't be given with the mode job"),
                row(
                        "'mode':'job','update':{'max_parallel':2}",
                        "/update",
                        "update can't be given with the mode job: a job that is changed is run anew"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void isRefused(String fields, String pointer, String words) {
        KnitException refused = catchThrowableOfType(KnitException.class, () -> read(fields));
        assertThat(refused).as(fields).isNotNull();
        assertThat(Refusals.of(refused)).hasSize(1);
        assertThat(refused.pointer()).isEqualTo(pointer);
        assertThat(refused.getMessage()).contains(words);
    }

    /** A store keeps keys of up to 255 characters, and a node's name has up to 63. */
    @Test
    void aVolumeOnEachNodeHasAKeyThatAStoreKeeps() {
        DeploymentSpec longest = volume("d".repeat(63), "v".repeat(63), Mode.GLOBAL);
        ADMISSION.admit(longest);
        String node = "n".repeat(63);
        assertThat(new SlotVolume(longest.name(), node, "v".repeat(63), node, Instant.EPOCH, null).key())
                .hasSize(255);
        KnitException refused = catchThrowableOfType(
                KnitException.class, () -> ADMISSION.admit(volume("d".repeat(63), "v".repeat(64), Mode.GLOBAL)));
        assertThat(refused).hasMessageContaining("more than 126 characters together");
        ADMISSION.admit(volume("d".repeat(62), "v".repeat(64), Mode.GLOBAL));
        ADMISSION.admit(volume("d".repeat(63), "v".repeat(64), Mode.REPLICATED));
    }

    private static DeploymentSpec volume(String deployment, String name, Mode mode) {
        return DeploymentSpec.builder(deployment, "web:1")
                .mode(mode)
                .volume(VolumeSpec.named(name, "/data"))
                .build();
    }

    @Test
    void aJobIsShownAsItMayBeSentAgain() throws Exception {
        DeploymentSpec spec = read("'mode':'job'");
        assertThat(spec.job()).isEqualTo(JobSpec.DEFAULT);
        assertThat(spec.restart()).isEqualTo(RestartSpec.ONCE);
        byte[] shown = SpecJson.of(spec).toString().getBytes(StandardCharsets.UTF_8);
        assertThat(ADMISSION.admit(SpecReader.read(shown))).isEqualTo(spec);
    }

    @Test
    void whatRunsByTheClockIsShownAsItMayBeSentAgain() throws Exception {
        DeploymentSpec spec = read("'mode':'cron','cron':{'schedule':'30 2 * * 1-5','time_zone':'Europe/Berlin'}");
        assertThat(spec.cron()).isEqualTo(CronSpec.of("30 2 * * 1-5").in("Europe/Berlin"));
        assertThat(spec.job()).isEqualTo(JobSpec.DEFAULT);
        byte[] shown = SpecJson.of(spec).toString().getBytes(StandardCharsets.UTF_8);
        assertThat(ADMISSION.admit(SpecReader.read(shown))).isEqualTo(spec);
    }

    @Test
    void aProgramIsToldTheSame() {
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                .mode(Mode.GLOBAL)
                .replicas(3)
                .build();
        assertThat(catchThrowableOfType(KnitException.class, () -> ADMISSION.admit(spec)))
                .hasMessageContaining("replicas can't be given with the mode global");
    }
}
