package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Rendering;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.TemplateSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A server, an agent and a real engine: files that are Go templates. */
class DockerGoFilesTest extends EngineServerTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");

    private static final String CONTENT = "{{- /* as Consul Template's */ -}}\nnode={{ .node.id }}\n"
            + "{{ range .instance.ports }}port={{ .host_port }}>{{ .container_port }}\n{{ end -}}\n"
            + "host={{ var \"DB_HOST\" }}\npassword={{ secret \"db-password\" | json }}\n"
            + "{{ with index .env \"MODE\" | default \"prod\" }}mode={{ . | upper }}{{ end }}\n";

    DockerGoFilesTest() {
        super("gofiles");
    }

    private void set(Kind kind, String key, String text) {
        await(server.run(new Command.SetValue(kind, key, Content.of(text)), ANN));
    }

    private Instance one(int revision) {
        until(() -> server.snapshot().deployment(name).orElseThrow().instances().stream()
                        .allMatch(it -> it.revision() == revision && it.isHealthy())
                && running() == 1);
        return server.snapshot().deployment(name).orElseThrow().instances().get(0);
    }

    private String in(String script) {
        String container = await(runtime.snapshot(server.snapshot().cluster()))
                .containers()
                .get(0)
                .id();
        return await(runtime.exec(container, List.of("sh", "-c", script), Duration.ofSeconds(10)))
                .output();
    }

    private DeploymentSpec spec() {
        return DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of("sh", "-c", "exec sleep 1000"))
                .port(new PortSpec("127.0.0.1", 0, 8080, Protocol.TCP))
                .template(new TemplateSpec("/etc/app/app.conf", CONTENT)
                        .by(TemplateSpec.Engine.GO)
                        .rights("0440", 1000, 1001))
                .template(TemplateSpec.from("app.tmpl", "/etc/app/other.conf")
                        .by(TemplateSpec.Engine.GO)
                        .between("[[", "]]"))
                .build();
    }

    @Test
    @DisplayName(
            "they read their node, its ports, variables and secrets, which POST /render does not show; another content is a revision")
    void arrives() {
        await(agent.start());
        set(Kind.SECRET, "db-password", "hu\"sh");
        set(Kind.VAR, "DB_HOST", "db.example");
        set(Kind.FILE, "app.tmpl", "{{ $labels.job }} [[ secret \"db-password\" | len ]]");

        until(() -> server.snapshot().nodes().stream().anyMatch(it -> it.id().equals("n1")));
        Rendering shown = await(server.render(spec(), "n1", ANN));
        assertThat(shown.nodes().get(0).files().get(0).text())
                .isEqualTo(
                        "node=n1\nport=<instance.ports[0].host_port>>8080\nhost=db.example\npassword=\"***\"\nmode=PROD\n");
        assertThat(shown.nodes().get(0).files().get(1).text()).isEqualTo("***");
        assertThat(String.valueOf(shown)).doesNotContain("hu\"sh");

        await(server.deploy(spec()));
        int port = one(1).ports().get(0).hostPort();
        assertThat(in("cat /etc/app/app.conf"))
                .isEqualTo("node=n1\nport=" + port + ">8080\nhost=db.example\npassword=\"hu\\\"sh\"\nmode=PROD\n");
        assertThat(in("cat /etc/app/other.conf")).isEqualTo("{{ $labels.job }} 5");
        assertThat(in("ls -ln /etc/app/app.conf")).containsPattern("-r--r----- +1 1000 +1001 ");

        set(Kind.SECRET, "db-password", "another");
        one(2);
        assertThat(in("cat /etc/app/app.conf /etc/app/other.conf"))
                .contains("password=\"another\"\n")
                .endsWith("{{ $labels.job }} 7");

        await(server.undeploy(name));
        until(() -> server.snapshot().deployments().isEmpty() && running() == 0);
    }

    @Test
    @DisplayName("with on_missing wait there is no container before what is read is set")
    void waits() {
        await(agent.start());
        await(server.deploy(DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .command(List.of("sh", "-c", "exec sleep 1000"))
                .template(new TemplateSpec("/etc/app.conf", "host={{ var \"DB_HOST\" }}\n")
                        .by(TemplateSpec.Engine.GO)
                        .missing(TemplateSpec.OnMissing.WAIT))
                .build()));
        until(() -> server.snapshot().nodes().stream().anyMatch(it -> it.id().equals("n1"))
                && instances().get(0).reason().contains("DB_HOST"));
        assertThat(running()).isZero();

        set(Kind.VAR, "DB_HOST", "db.example");
        until(() -> running() == 1 && instances().get(0).isHealthy());
        assertThat(in("cat /etc/app.conf")).isEqualTo("host=db.example\n");
    }

    private List<Instance> instances() {
        return server.snapshot().deployment(name).orElseThrow().instances();
    }
}
