package io.knit.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.spi.runtime.SlotVolumes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** No two volumes have one name, and each is one that engines take. */
class SlotVolumesTest {
    private static final String CLUSTER = "0123456789abcdef";

    private static SlotVolumes of(String deployment, String slot) {
        return new SlotVolumes(CLUSTER, "n1", deployment, slot);
    }

    @Test
    void aNameSaysWhoseItIs() {
        assertThat(of("db", "0").named("data")).isEqualTo("knit.01234567.db.0.data");
        assertThat(of("db", "0").unnamed("/var/lib/my_data")).isEqualTo("knit.01234567.db.0._.var.lib.my_5fdata");
    }

    @Test
    void noTwoHaveOneName() {
        Set<String> names = new HashSet<>();
        int made = 0;
        for (String deployment : List.of("a", "a-b", "b".repeat(63))) {
            for (String slot : List.of("0", "10", "n-1", "n.1", "n", "s".repeat(63))) {
                for (String volume : List.of("a", "1.a", "A", "a.b", "a_b", "x".repeat(64))) {
                    names.add(of(deployment, slot).named(volume));
                    made++;
                }
                for (String path : List.of("/a", "/a/b", "/a.b", "/a_b", "/a b", "/ä", "/" + "p".repeat(300))) {
                    names.add(of(deployment, slot).unnamed(path));
                    made++;
                }
            }
        }
        assertThat(names).hasSize(made).allMatch(name -> name.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,199}"));
    }
}
