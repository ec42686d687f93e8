package io.knit.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.core.spec.SpecDiff.Change;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecDiffTest {
    private static final DeploymentSpec FULL = FullSpec.SPEC;

    private static final DeploymentSpec PLAIN =
            DeploymentSpec.builder("web", "web:1").port(80).build();

    @Test
    void theSameIsNoDifference() {
        assertThat(SpecDiff.of(FULL, FULL)).isEmpty();
        assertThat(SpecDiff.of(
                        PLAIN, DeploymentSpec.builder("web", "web:1").port(80).build()))
                .isEmpty();
    }

    @Test
    void eachPlaceIsSaidWithItsPointer() {
        assertThat(SpecDiff.of(PLAIN, FULL))
                .containsExactly(
                        new Change("/image", "\"web:1\"", "\"web:2\""),
                        new Change("/command", "[]", "[\"/run\"]"),
                        new Change("/args", "[]", "[\"-v\",\"x\"]"),
                        new Change("/env/A", null, "\"1\""),
                        new Change("/labels/a~1b~0c", null, "\"x\""),
                        new Change("/node_selector/region", null, "\"eu\""),
                        new Change("/replicas", "1", "3"),
                        new Change("/pull", "\"missing\"", "\"never\""),
                        new Change("/registry_auth", null, "{\"username\":\"me\"}"),
                        new Change("/ports/0/host_ip", null, "\"mesh\""),
                        new Change("/ports/0/host_port", null, "8080"),
                        new Change("/ports/0/protocol", "\"tcp\"", "\"udp\""),
                        new Change("/ports/0/relay", "false", "true"),
                        new Change("/ports/0/proxy_protocol", "false", "true"),
                        new Change(
                                "/templates/0",
                                null,
                                "{\"destination\":\"/etc/a\",\"content\":\"text\",\"engine\":\"pebble\",\"mode\":\"0644\",\"uid\":0,\"gid\":0,\"env\":false}"),
                        new Change("/init", "true", "false"),
                        new Change("/no_new_privileges", "true", "false"),
                        new Change("/resources/pids", "4096", "64"),
                        new Change("/resources/cpu", null, "0.5"),
                        new Change("/resources/memory", null, "\"64MiB\""),
                        new Change("/resources/memory_max", null, "\"128MiB\""),
                        new Change("/resources/gpus", null, "1"),
                        new Change(
                                "/health/http",
                                null,
                                "{\"path\":\"/healthz\",\"port\":80,\"status\":\"200\",\"headers\":{\"Host\":\"web\"}}"),
                        new Change("/health/tcp", null, "{\"port\":81}"),
                        new Change("/health/exec", "[]", "[\"/check\"]"),
                        new Change("/health/disabled", "false", "true"),
                        new Change("/health/interval", "\"10s\"", "\"5s\""),
                        new Change("/health/timeout", "\"2s\"", "\"1s\""),
                        new Change("/health/retries", "3", "2"),
                        new Change("/health/grace", "\"10s\"", "\"1m\""),
                        new Change("/restart/condition", "\"always\"", "\"on_failure\""),
                        new Change("/restart/delay", "\"1s\"", "\"2s\""),
                        new Change("/restart/attempts", "0", "3"),
                        new Change("/restart/window", "\"10m\"", "\"1m\""),
                        new Change("/stop/signal", null, "\"SIGQUIT\""),
                        new Change("/stop/grace", "\"10s\"", "\"1m30s500ms\""),
                        new Change("/stop/pre_stop", "[]", "[\"/bye\"]"),
                        new Change(
                                "/constraints/0",
                                null,
                                "{\"key\":\"node.arch\",\"op\":\"in\",\"values\":[\"amd64\",\"arm64\"]}"),
                        new Change("/spread_by", null, "\"zone\""),
                        new Change("/max_per_node", "0", "2"),
                        new Change(
                                "/prefer/0",
                                null,
                                "{\"key\":\"disk\",\"op\":\"in\",\"values\":[\"ssd\"],\"weight\":10}"),
                        new Change("/strategy", "\"spread\"", "\"binpack\""),
                        new Change("/update/max_parallel", "1", "2"),
                        new Change("/update/order", "\"auto\"", "\"start_first\""),
                        new Change("/update/min_healthy", "\"5s\"", "\"1s\""),
                        new Change("/update/healthy_deadline", "\"5m\"", "\"1m\""),
                        new Change("/update/progress_deadline", "\"10m\"", "\"2m\""),
                        new Change("/update/canary", "0", "1"),
                        new Change("/update/auto_promote", "false", "true"),
                        new Change("/update/on_failure", "\"rollback\"", "\"pause\""),
                        new Change("/update/max_failures", "0", "3"),
                        new Change("/mode", "\"replicated\"", "\"cron\""),
                        new Change(
                                "/job", null, "{\"completions\":5,\"parallelism\":2,\"retries\":1,\"timeout\":\"7m\"}"),
                        new Change("/depends_on", "[]", "[\"db\"]"),
                        new Change(
                                "/cron",
                                null,
                                "{\"schedule\":\"30 2 * * *\",\"time_zone\":\"Europe/Berlin\",\"overlap\":\"replace\",\"history\":5,\"catch_up\":\"9m\"}"),
                        new Change("/priority", "50", "700"),
                        new Change("/preempt", "false", "true"),
                        new Change("/disconnect/replace_after", null, "\"2m\""),
                        new Change("/disconnect/stop_after", null, "\"1m\""),
                        new Change("/disconnect/reconcile", "\"newest_healthy\"", "\"keep_original\""),
                        new Change("/stack", null, "\"shop\""),
                        new Change("/entrypoint", null, "[\"/entry\"]"),
                        new Change("/user", null, "\"app:1000\""),
                        new Change("/group_add", null, "[\"video\"]"),
                        new Change("/workdir", null, "\"/srv\""),
                        new Change("/tty", "false", "true"),
                        new Change("/stdin", "false", "true"),
                        new Change("/ulimits", null, "{\"nofile\":\"1024:2048\"}"),
                        new Change("/platform", null, "\"linux/arm64\""),
                        new Change("/privileged", "false", "true"),
                        new Change("/cap_add", null, "[\"NET_ADMIN\"]"),
                        new Change("/cap_drop", null, "[\"NET_RAW\"]"),
                        new Change("/security_opt", null, "[\"seccomp=unconfined\"]"),
                        new Change("/devices", null, "[\"/dev/kvm\"]"),
                        new Change("/sysctls", null, "{\"kernel.shmmni\":\"1024\"}"),
                        new Change("/pid", null, "\"host\""),
                        new Change("/ipc", null, "\"host\""),
                        new Change("/read_only", "false", "true"),
                        new Change("/tmpfs", null, "[\"/run:size=64m\"]"),
                        new Change("/shm_size", null, "\"128MiB\""),
                        new Change("/network", null, "\"host\""),
                        new Change("/hostname", null, "\"web.example\""),
                        new Change("/dns", null, "[\"10.0.0.53\"]"),
                        new Change("/extra_hosts", null, "[\"db:10.0.0.7\"]"),
                        new Change("/networks", null, "[{\"name\":\"shop\",\"aliases\":[\"web\"],\"internal\":true}]"),
                        new Change("/log/driver", null, "\"json-file\""),
                        new Change("/log/max_size", null, "\"1MiB\""),
                        new Change("/log/max_files", null, "2"),
                        new Change(
                                "/volumes/0",
                                null,
                                "{\"name\":\"data\",\"destination\":\"/data\",\"read_only\":true,\"driver\":\"local\",\"options\":{\"type\":\"nfs\"}}"),
                        new Change(
                                "/volumes/1",
                                null,
                                "{\"bind\":\"/srv/data\",\"destination\":\"/srv\",\"read_only\":true,\"driver\":\"local\",\"options\":{},\"propagation\":\"rslave\"}"),
                        new Change(
                                "/volumes/2",
                                null,
                                "{\"name\":\"html\",\"destination\":\"/html\",\"read_only\":false,\"driver\":\"local\",\"options\":{},\"of\":\"app\"}"),
                        new Change("/env_from/0", null, "{\"secret\":\"db\",\"env\":\"PGPASSWORD\"}"),
                        new Change(
                                "/secrets/0",
                                null,
                                "{\"name\":\"db\",\"target\":\"pw\",\"mode\":\"0400\",\"uid\":1,\"gid\":2}"),
                        new Change(
                                "/expose/0",
                                null,
                                "{\"container_port\":5432,\"host_port\":15432,\"protocol\":\"tcp\"}"),
                        new Change(
                                "/init_containers/0",
                                null,
                                "{\"name\":\"migrate\",\"image\":\"tool:1\",\"entrypoint\":[\"/entry\"],\"command\":[\"/run\"],\"args\":[\"up\"],\"env\":{\"A\":\"1\"},\"user\":\"app:1000\",\"workdir\":\"/srv\",\"timeout\":\"1m\",\"platform\":\"linux/arm64\"}"),
                        new Change(
                                "/sidecars/0",
                                null,
                                "{\"name\":\"log\",\"image\":\"ship:1\",\"entrypoint\":[\"/entry\"],\"command\":[\"/run\"],\"args\":[\"-f\"],\"env\":{\"A\":\"1\"},\"user\":\"app:1000\",\"workdir\":\"/srv\",\"volumes\":[{\"name\":\"log\",\"destination\":\"/log\",\"read_only\":false,\"driver\":\"local\",\"options\":{}}],\"platform\":\"linux/arm/v7\"}"),
                        new Change("/keep_failed", "0", "2"),
                        new Change("/near", "[]", "[\"db\",\"cache\"]"));
    }

    @Test
    void theWayBackIsTheSameTheOtherWayRound() {
        assertThat(SpecDiff.of(FULL, PLAIN))
                .isEqualTo(SpecDiff.of(PLAIN, FULL).stream()
                        .map(change -> new Change(change.pointer(), change.after(), change.before()))
                        .toList());
    }

    @Test
    void ofASecretOnlyThatItChangedIsSaid() {
        DeploymentSpec renewed = SpecTable.SPEC.with(
                FULL, Map.of("registry_auth", new io.knit.api.model.RegistryAuth("me", "second secret")));
        assertThat(SpecDiff.of(FULL, renewed))
                .containsExactly(new Change("/registry_auth/password", SpecDiff.MASK, SpecDiff.MASK));
        for (DeploymentSpec other : List.of(PLAIN, renewed)) {
            assertThat(SpecDiff.of(FULL, other) + "" + SpecDiff.of(other, FULL))
                    .doesNotContain("second secret", "first secret");
        }
        assertThat(SpecJson.of(FULL).toString()).doesNotContain("second secret", "first secret");
    }
}
