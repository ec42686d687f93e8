package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.Instance;
import io.knit.api.model.PartSpec;
import io.knit.api.model.SecretMount;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.testkit.runtime.FakeEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that quotes what it does not understand: what it reads of secrets is in no status. */
class SaidSecretsTest {
    private final SmallFleet fleet;
    private final FakeEngine engine;

    SaidSecretsTest(@TempDir Path server) {
        fleet = new SmallFleet(builder -> builder.dataDir(server));
        engine = fleet.agent("n1", "eu");
        fleet.server.run(
                new Command.SetValue(Kind.SECRET, "db", Content.of("hush-1\n")),
                new Caller("ann", Caller.Role.ADMIN, "here"));
        fleet.run(1);
    }

    private static DeploymentSpecBuilder web() {
        return DeploymentSpec.builder("web", "web:1").secret(SecretMount.of("db"));
    }

    private Instance only() {
        return fleet.instances("web").get(0);
    }

    private void deploy(DeploymentSpecBuilder spec) {
        fleet.deploy(spec.build());
        fleet.run(5);
    }

    @Test
    @DisplayName(
            "of a main container: its last lines, also once its agent was started anew, and of a long line its begin")
    void main() {
        String far = "x".repeat(195);
        deploy(web().args(List.of("echo no login with hush-1 here; echo " + far + "hush-1; exit 3")));
        assertThat(only().lastOutput()).endsWith("no login with *** here\n" + far + "***");
        fleet.restartAgent("n1");
        fleet.run(60);
        assertThat(only().lastOutput()).endsWith("no login with *** here\n" + far + "***");
    }

    @Test
    @DisplayName("of an init container, and of a command that is to accept a file")
    void parts() {
        deploy(web().initContainer(PartSpec.of("migrate", "tool:1", "echo bad line pw=hush-1; exit 3")));
        assertThat(only().reason()).contains("migrate ended with exit code 3: bad line pw=***");
        assertThat(only().lastOutput()).endsWith("pw=***");
        deploy(DeploymentSpec.builder("web", "web:1")
                .template(new TemplateSpec("/etc/a", "pw={{ secret('db') }}")
                        .validatedBy(List.of("app", "echo line 1: no such word hush-1; exit 3"))));
        assertThat(fleet.instances("web").stream().map(Instance::reason).collect(Collectors.joining("\n")))
                .contains("validate of /etc/a ended with exit code 3: line 1: no such word ***")
                .doesNotContain("hush");
    }

    @Test
    @DisplayName("of a sidecar")
    void sidecar() {
        deploy(web().sidecar(SidecarSpec.of("log", "ship:1", "echo no login with hush-1; sleep")));
        String log = engine.containers().stream()
                .filter(it -> "log".equals(it.labels().get("knit.part")))
                .findFirst()
                .orElseThrow()
                .id();
        engine.end(log, 3);
        fleet.run(1);
        assertThat(only().reason()).contains("sidecar log ended with exit code 3: no login with ***");
    }
}
