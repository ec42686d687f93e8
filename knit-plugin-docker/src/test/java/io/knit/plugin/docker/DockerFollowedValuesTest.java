package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.fleet.FleetAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.testkit.fleet.KnitFleet;
import io.knit.testkit.fleet.TestFleet;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A container of a real engine whose file follows what is set. */
class DockerFollowedValuesTest extends RealEngineTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");

    private static void set(TestFleet fleet, String text) {
        await(fleet.server().run(new Command.SetValue(Value.Kind.FILE, "limits.conf", Value.Content.of(text)), ANN));
    }

    private ContainerSnapshot container(TestFleet fleet) {
        List<ContainerSnapshot> all = await(
                        runtime.snapshot(fleet.server().snapshot().cluster()))
                .containers()
                .stream()
                .filter(it -> !it.labels().containsKey(KnitLabels.PART))
                .toList();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private String in(TestFleet fleet, String script) {
        return await(runtime.exec(container(fleet).id(), List.of("/bin/busybox", "sh", "-c", script), PATIENCE))
                .output();
    }

    private static Instance only(TestFleet fleet) {
        return fleet.server().deployment("app").orElseThrow().instances().get(0);
    }

    @Test
    @DisplayName(
            "another file is in the container that runs, which gets its signal and reads it; one that the image's own command refuses is not, and the reason says why")
    @KnitFleet(agents = 1, runtime = KnitFleet.Runtime.DOCKER, time = KnitFleet.Time.REAL)
    void follows(TestFleet fleet) {
        set(fleet, "max=1\n");
        String program =
                "trap '/bin/busybox cp /etc/limits.conf /tmp/taken' HUP; while true; do /bin/busybox sleep 0.1; done";
        fleet.deploy(DeploymentSpec.builder("app", engine.image)
                .pull(PullPolicy.NEVER)
                .init(false)
                .command(List.of("/bin/busybox", "sh", "-c", program))
                .template(TemplateSpec.from("limits.conf", "/etc/limits.conf")
                        .by(TemplateSpec.Engine.NONE)
                        .signalling("SIGHUP")
                        .validatedBy(List.of("/bin/busybox", "grep", "-q", "^max=[0-9]", "/etc/limits.conf")))
                .build());
        assertThat(fleet).deployment("app").isRunning();
        String container = container(fleet).id();

        set(fleet, "max=22\n");
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> in(fleet, "/bin/busybox cat /tmp/taken").equals("max=22\n"));
        assertThat(container(fleet).id()).isEqualTo(container);
        assertThat(only(fleet).revision()).isEqualTo(2);

        set(fleet, "max=many\n");
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> only(fleet)
                        .reason()
                        .startsWith("files stay as they were: validate of /etc/limits.conf ended with exit code 1"));
        assertThat(in(fleet, "/bin/busybox cat /etc/limits.conf")).isEqualTo("max=22\n");
        set(fleet, "max=3\n");
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> in(fleet, "/bin/busybox cat /tmp/taken").equals("max=3\n")
                        && only(fleet).reason().isEmpty());
        assertThat(container(fleet).id()).isEqualTo(container);
    }

    @Test
    @DisplayName("with splay a program has its file at once, and is told in the course of it")
    @KnitFleet(agents = 1, runtime = KnitFleet.Runtime.DOCKER, time = KnitFleet.Time.REAL)
    void splayed(TestFleet fleet) {
        set(fleet, "max=1\n");
        String program =
                "trap '/bin/busybox touch /tmp/in-time' USR1; trap '/bin/busybox cp /etc/at-once.conf /tmp/taken' HUP;"
                        + " while true; do /bin/busybox sleep 0.1; done";
        fleet.deploy(DeploymentSpec.builder("app", engine.image)
                .pull(PullPolicy.NEVER)
                .init(false)
                .command(List.of("/bin/busybox", "sh", "-c", program))
                .template(TemplateSpec.from("limits.conf", "/etc/in-time.conf")
                        .by(TemplateSpec.Engine.NONE)
                        .signalling("SIGUSR1")
                        // a test in five thousand comes by its moment
                        .within(Duration.ofHours(1)))
                .template(TemplateSpec.from("limits.conf", "/etc/at-once.conf")
                        .by(TemplateSpec.Engine.NONE)
                        .signalling("SIGHUP"))
                .build());
        assertThat(fleet).deployment("app").isRunning();

        // by the second time the first would have been told, too
        for (String text : List.of("max=2\n", "max=3\n")) {
            set(fleet, text);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> in(fleet, "/bin/busybox cat /tmp/taken").equals(text));
        }
        assertThat(in(fleet, "/bin/busybox cat /etc/in-time.conf")).isEqualTo("max=3\n");
        assertThat(in(fleet, "test ! -e /tmp/in-time && echo not yet")).isEqualTo("not yet\n");
    }
}
