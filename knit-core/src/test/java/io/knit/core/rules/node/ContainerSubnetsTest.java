package io.knit.core.rules.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an agent may be told of where its containers have addresses. */
class ContainerSubnetsTest {
    @ParameterizedTest
    @ValueSource(strings = {"10.210.1.0/24", "172.16.0.0/12", "192.0.2.4/30", "fd00:210:1::/64", "2001:db8::/32"})
    void subnets(String text) {
        assertThat(ContainerSubnets.read(List.of(" " + text))).containsExactly(text);
        assertThat(ContainerSubnets.sound(List.of(text))).containsExactly(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        10.210.1.0       | is no subnet
        ''               | is no subnet
        web.knit/24      | is no subnet
        10.210.1.0/33    | is no subnet
        10.210.1.0/-1    | is no subnet
        10.210.1.1/24    | has bits behind its prefix
        fd00::1/64       | has bits behind its prefix
        0.0.0.0/0        | has a prefix of 0 bits, and 8 to 30 will do
        10.0.0.0/7       | has a prefix of 7 bits
        10.210.1.1/32    | has a prefix of 32 bits
        fd00::/16        | has a prefix of 16 bits, and 32 to 126 will do
        127.0.0.0/8      | is of addresses that no container has
        169.254.0.0/16   | is of addresses that no container has
        224.0.0.0/8      | is of addresses that no container has
        0.0.0.0/8        | is of addresses that no container has
        fe80::/64        | is of addresses that no container has
        ff02::/64        | is of addresses that no container has
        """)
    void no(String text, String words) {
        assertThatThrownBy(() -> ContainerSubnets.read(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words)
                .hasMessageEndingWith("give a subnet of this host's containers, such as 10.210.1.0/24");
        assertThat(ContainerSubnets.sound(List.of(text))).isEmpty();
    }

    @Test
    @DisplayName("of a container's addresses the first counts that is in one of them, of whichever kind")
    void firstIn() {
        List<String> all = List.of("172.17.0.2", "FD00:210:1::2", "10.210.1.2");
        assertThat(ContainerSubnets.firstIn(List.of("fd00:210:1::/64"), all)).contains("FD00:210:1::2");
        assertThat(ContainerSubnets.firstIn(List.of("fd00:210:1::/64", "10.210.1.0/24"), all))
                .contains("FD00:210:1::2");
        assertThat(ContainerSubnets.firstIn(List.of("fd00:210:2::/64"), all)).isEmpty();
        assertThat(ContainerSubnets.firstIn(List.of(), all)).isEmpty();
        assertThat(ContainerSubnets.areOfKind(List.of("fd00:210:1::/64"), "10.210.1.2"))
                .isFalse();
        assertThat(ContainerSubnets.areOfKind(List.of("fd00:210:1::/64", "10.210.1.0/24"), "10.210.1.2"))
                .isTrue();
        assertThat(ContainerSubnets.areOfKind(List.of(), "10.210.1.2")).isFalse();
    }

    @Test
    @DisplayName("what lies in another of them is not told twice; more than eight are refused, of a"
            + " stranger's the first eight count")
    void several() {
        assertThat(ContainerSubnets.read(List.of("10.210.1.0/28", "10.210.1.0/24", "10.210.1.16/28", "10.210.2.0/24")))
                .containsExactly("10.210.1.0/24", "10.210.2.0/24");
        List<String> many =
                IntStream.range(0, 9).mapToObj(i -> "10." + i + ".0.0/16").toList();
        assertThatThrownBy(() -> ContainerSubnets.read(many)).hasMessageContaining("more than 8");
        assertThat(ContainerSubnets.sound(many)).isEqualTo(many.subList(0, 8));
        assertThat(ContainerSubnets.sound(Arrays.asList(null, "10.0.0.0/16", "10.0.0.0/16")))
                .containsExactly("10.0.0.0/16");
        assertThat(ContainerSubnets.sound(null)).isEmpty();
    }

    @Test
    @DisplayName(
            "an address is in one, one is in another, and two overlap by their first bits, whatever" + " their family")
    void bits() {
        List<String> both = List.of("10.210.1.0/25", "fd00:210:1::/64");
        assertThat(ContainerSubnets.have(both, "10.210.1.127")).isTrue();
        assertThat(ContainerSubnets.have(both, "10.210.1.128")).isFalse();
        assertThat(ContainerSubnets.have(both, "fd00:210:1::9")).isTrue();
        assertThat(ContainerSubnets.have(both, "fd00:210:2::9")).isFalse();
        assertThat(ContainerSubnets.have(both, "no address")).isFalse();
        assertThat(ContainerSubnets.isWithin("10.210.1.0/25", "10.210.0.0/16")).isTrue();
        assertThat(ContainerSubnets.isWithin("10.210.0.0/16", "10.210.1.0/25")).isFalse();
        assertThat(ContainerSubnets.isWithin("10.210.1.0/25", "the LAN")).isFalse();
        assertThat(ContainerSubnets.overlap("10.210.0.0/16", "10.210.1.0/25")).isTrue();
        assertThat(ContainerSubnets.overlap("10.210.0.0/24", "10.210.1.0/24")).isFalse();
        assertThat(ContainerSubnets.overlap("10.210.0.0/24", "fd00::/64")).isFalse();
    }
}
