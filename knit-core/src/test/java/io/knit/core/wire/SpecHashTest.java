package io.knit.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.Resources;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The hashes are those of Knit 0.1.0: a field that came later must not make every container anew. */
class SpecHashTest {
    private static final DeploymentSpec PLAIN =
            DeploymentSpec.builder("web", "nginx:1.27").build();
    private static final DeploymentSpec WHOLE = DeploymentSpec.builder("api", "registry.example.com/team/api:2")
            .command(List.of("/bin/api"))
            .args(List.of("-v"))
            .env("A", "b")
            .label("team", "x")
            .nodeSelector("region", "eu")
            .replicas(3)
            .registryAuth("u", "p")
            .port(new PortSpec("mesh", 8080, 80, Protocol.TCP))
            .template("/etc/a.conf", "{{ node.id }}")
            .build();

    @Test
    @DisplayName("a spec of before has the hash of before")
    void golden() {
        assertThat(SpecHash.of(PLAIN)).isEqualTo("5b57433e6936672f");
        assertThat(SpecHash.of(WHOLE)).isEqualTo("c19678d8e4d70c34");
    }

    private static DeploymentSpec other(UnaryOperator<DeploymentSpecBuilder> change) {
        return change.apply(DeploymentSpec.builder("web", "nginx:1.27")).build();
    }

    @Test
    @DisplayName("a later field changes the hash when it is not its default, and only then is written")
    void laterFields() {
        assertThat(WireCodec.encodeText(PLAIN)).doesNotContain("init", "no_new_privileges", "resources");
        for (DeploymentSpec changed : List.of(
                other(it -> it.init(false)),
                other(it -> it.noNewPrivileges(false)),
                other(it -> it.resources(new Resources(100))))) {
            assertThat(SpecHash.of(changed)).isNotEqualTo(SpecHash.of(PLAIN));
            assertThat(WireCodec.decodeText(WireCodec.encodeText(changed), DeploymentSpec.class))
                    .isEqualTo(changed);
        }
        assertThat(WireCodec.encodeText(other(it -> it.init(false)))).contains("\"init\":false");
        assertThat(other(it -> it.resources(new Resources(0)))).isEqualTo(PLAIN);
    }

    @Test
    @DisplayName("a port that is not relayed is written as it ever was, in a spec and in what is placed")
    void ports() {
        PortSpec wished = new PortSpec("mesh", 8080, 80, Protocol.TCP);
        assertThat(WireCodec.encodeText(wished))
                .isEqualTo("{\"container_port\":80,\"host_ip\":\"mesh\",\"host_port\":8080,\"protocol\":\"TCP\"}");
        PortBinding bound = new PortBinding("10.54.0.1", 8080, 80, Protocol.TCP);
        assertThat(WireCodec.encodeText(bound))
                .isEqualTo("{\"container_port\":80,\"host_ip\":\"10.54.0.1\",\"host_port\":8080,\"protocol\":\"TCP\"}");
        PortBinding relayed = new PortBinding("10.54.0.1", 8080, 80, Protocol.TCP, true, false);
        assertThat(WireCodec.encodeText(relayed)).contains("\"relay\":true").doesNotContain("proxy");
        assertThat(WireCodec.decodeText(WireCodec.encodeText(relayed), PortBinding.class))
                .isEqualTo(relayed);
    }

    @Test
    @DisplayName("what a store or server of before wrote has the defaults, alone and inside of what holds it")
    void ofBefore() {
        String spec = "{\"args\":[],\"command\":[],\"env\":{},\"image\":\"nginx:1.27\",\"labels\":{},\"name\":\"web\","
                + "\"node_selector\":{},\"ports\":[],\"pull\":\"MISSING\",\"replicas\":1,\"templates\":[]}";
        assertThat(WireCodec.encodeText(PLAIN)).isEqualTo(spec);
        assertThat(WireCodec.decodeText(spec, DeploymentSpec.class)).isEqualTo(PLAIN);
        String assignment =
                "{\"instance\":\"a\",\"deployment\":\"web\",\"revision\":1,\"slot\":0,\"order\":\"RUN\",\"spec\":"
                        + spec + ",\"spec_hash\":\"5b57433e6936672f\",\"ports\":[]}";
        assertThat(WireCodec.decode(assignment.getBytes(StandardCharsets.UTF_8), Assignment.class)
                        .spec())
                .isEqualTo(PLAIN);
    }
}
