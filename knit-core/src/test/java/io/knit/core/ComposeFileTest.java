package io.knit.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.admission.Refusals;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComposeFileTest {
    private static final String SHOP = """
            services:
              web: {image: "web:${TAG}", depends_on: [db], env_file: web.env}
              db: {image: db}
              tool: {image: tool, profiles: [tools], version: 1}
            """;

    @Test
    void isReadWithWhatIsGivenAndNothingElse() {
        List<DeploymentSpec> specs = ComposeFile.of(SHOP.replace(", version: 1", ""))
                .project("shop")
                .env(Map.of("TAG", "7"))
                .profiles(Set.of("tools"))
                .beside(Map.of("web.env", "A=b\n")::get)
                .specs();
        assertThat(specs).extracting(DeploymentSpec::name).containsExactly("shop-db", "shop-tool", "shop-web");
        assertThat(specs).extracting(DeploymentSpec::stack).containsOnly("shop");
        assertThat(specs.get(2).image()).isEqualTo("web:7");
        assertThat(specs.get(2).env()).containsExactly(Map.entry("A", "b"));
        assertThat(ComposeFile.of("name: a\nversion: '3'\nservices: {b: {image: c, restart: always}}")
                        .remarks())
                .containsExactly("compose.yaml:2:1: version: has no meaning any more; leave it out");
    }

    @Test
    void foldersBesideItAreVolumesWhereThatIsSaid() {
        ComposeFile file = ComposeFile.of("name: a\nservices: {b: {image: c, volumes: ['./data:/data']}}");
        assertThatThrownBy(file::specs)
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("./data is beside this file");
        assertThat(file.foldersAsVolumes().specs())
                .singleElement()
                .satisfies(spec -> assertThat(spec.volumes().get(0).name()).isEqualTo("data"));
    }

    @Test
    void whatIsRefusedIsSaidAtOnceWithItsLines() {
        assertThatThrownBy(() -> ComposeFile.of(SHOP).project("shop").specs())
                .isInstanceOfSatisfying(
                        KnitException.class,
                        refused -> assertThat(Refusals.of(refused))
                                .allMatch(part ->
                                        part.code() == ErrorCode.INVALID_VALUE && "/file".equals(part.pointer()))
                                .extracting(KnitException::getMessage)
                                .satisfiesExactly(
                                        first -> assertThat(first)
                                                .startsWith(
                                                        "compose.yaml:2:58: the file web.env is not there; give it along"),
                                        second -> assertThat(second)
                                                .startsWith("compose.yaml:4:42: there is no key \"version\"")));
        assertThatThrownBy(() -> ComposeFile.of("name: a\nservices:\n  b:\n    image: c\n    hostname: a_b\n")
                        .specs())
                .hasMessageStartingWith("compose.yaml:5:5: hostname");
    }

    /** As the class's own example has it. */
    static void deployed(KnitServer server, String text) {
        for (DeploymentSpec spec :
                ComposeFile.of(text).project("shop").env(System.getenv()).specs()) {
            server.deploy(spec);
        }
    }

    /** And {@link KnitStack}'s. */
    static void applied(KnitServer server, String text) {
        KnitStack shop = KnitStack.of(server, ComposeFile.of(text).project("shop"));
        shop.deploy().compose(deployed -> shop.prune());
    }
}
