package io.knit.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

public class ForeignTest {
    /** A kind of each: what one means to throw, what an assertion throws, what a wrong jar does, and what no signature names. */
    public static Stream<Throwable> whateverIsThrown() {
        return Stream.of(
                new IllegalStateException("password=geheim"),
                new AssertionError("password=geheim"),
                new NoClassDefFoundError("password=geheim"),
                new StackOverflowError("password=geheim"),
                new IOException("password=geheim"));
    }

    /** Throws what the compiler would have its caller declare, as Kotlin, Groovy and Lombok do. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public static <T, E extends Throwable> T sneak(Throwable what) throws E {
        throw (E) what;
    }

    @ParameterizedTest
    @MethodSource("whateverIsThrown")
    void whateverIsThrownIsTold(Throwable what) {
        List<Throwable> told = new ArrayList<>();
        Foreign.run(() -> sneak(what), told::add);

        assertThat(told).containsExactly(what);
        assertThat(Foreign.<Object>call(() -> sneak(what), e -> e)).isSameAs(what);
        assertThat(Foreign.call(() -> "well", Throwable::getMessage)).isEqualTo("well");
    }
}
