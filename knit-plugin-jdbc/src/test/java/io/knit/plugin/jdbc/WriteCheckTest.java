package io.knit.plugin.jdbc;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.WriteCheck;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WriteCheckTest {
    static Stream<StoreWrite> wrong() {
        return Stream.of(
                StoreWrite.remove("", "k"),
                StoreWrite.remove("Upper", "k"),
                StoreWrite.remove("a-b", "k"),
                StoreWrite.remove("a".repeat(33), "k"),
                StoreWrite.remove("t", ""),
                StoreWrite.remove("t", "k".repeat(256)),
                StoreWrite.remove("t", "a\0b"),
                StoreWrite.remove("t", "half \ud83d"),
                StoreWrite.remove("t", "\udea2 half"),
                StoreWrite.put("t", "k", "a\0b"),
                StoreWrite.put("t", "k", "x".repeat(4 * 1024 * 1024 + 1)));
    }

    static Stream<StoreWrite> right() {
        return Stream.of(
                StoreWrite.remove("a_z", "k"),
                StoreWrite.remove("a".repeat(32), "k".repeat(255)),
                StoreWrite.put("t", "ä 漢 🚢", "🚢"),
                StoreWrite.put("t", "k", "x".repeat(4 * 1024 * 1024)));
    }

    @ParameterizedTest
    @MethodSource
    void wrong(StoreWrite write) {
        assertThatThrownBy(() -> WriteCheck.check(write)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource
    void right(StoreWrite write) {
        assertThatCode(() -> WriteCheck.check(write)).doesNotThrowAnyException();
    }
}
