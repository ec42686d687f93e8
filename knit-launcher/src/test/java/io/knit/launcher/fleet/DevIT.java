package io.knit.launcher.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What who tries Knit out reads first. */
class DevIT {
    @TempDir
    Path folder;

    @Test
    @DisplayName("where there is no mesh daemon, knit dev says so once, and is ready")
    void withoutAMesh() {
        Map<String, String> environment = Map.of(
                "KNIT_HTTP_ADDR",
                "127.0.0.1:0",
                "KNIT_NATS_ADDR",
                "127.0.0.1:0",
                "KNIT_DATA_DIR",
                folder.resolve("data").toString(),
                "KNIT_DOCKER_HOST",
                "unix://" + folder.resolve("no-engine.sock"),
                "KNIT_WG_MESH_SOCKET",
                folder.resolve("no-mesh.sock").toString());
        try (KnitProcess dev = new KnitProcess("dev", folder, List.of(), environment, "bin/knit", "dev")) {
            // both roles have asked before it says that it is ready
            assertThat(dev.start().log().lines().filter(line -> line.contains("no-mesh.sock")))
                    .singleElement()
                    .asString()
                    .contains("Works without a mesh until it can be read")
                    .contains("start the daemon");
        }
    }
}
