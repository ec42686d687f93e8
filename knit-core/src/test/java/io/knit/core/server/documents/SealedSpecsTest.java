package io.knit.core.server.documents;

import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.spi.store.StoreWrite;
import io.knit.core.server.documents.kept.KeptSpec;
import io.knit.core.server.documents.kept.Tables;
import io.knit.core.server.value.KeyRing;
import io.knit.core.server.value.Sealing;
import io.knit.core.wire.SealedPassword;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.WireCodec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedSpecsTest {
    private static final Sealing SEALING = new Sealing(KeyRing.of(List.of(new byte[KeyRing.KEY])), "chance");

    private static DeploymentSpec web(String password) {
        return spec("web").registryAuth("me", password).build();
    }

    private static StoreWrite put(DeploymentSpec spec) {
        return SealedSpecs.put(SpecBlob.nameOf(spec), spec, SEALING);
    }

    private static KeptSpec kept(DeploymentSpec spec) {
        StoreWrite write = put(spec);
        assertThat(write.table()).isEqualTo(Tables.SEALED);
        return WireCodec.decodeText(Objects.requireNonNull(write.body()), KeptSpec.class);
    }

    private static DeploymentSpec opened(KeptSpec kept, Sealing keys) {
        return WireCodec.decode(SealedSpecs.opened(kept, keys), "spec", DeploymentSpec.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", "half a \ud83d character", "ünï\"\\", " "})
    @DisplayName("what is sealed opens as it was, under the same name")
    void opens(String password) {
        DeploymentSpec spec = web(password);
        KeptSpec kept = kept(spec);
        assertThat(kept.spec().toString()).doesNotContain("password");
        assertThat(opened(kept, SEALING)).isEqualTo(SpecBlob.of(spec).read());
        assertThat(SpecBlob.nameOf(SealedSpecs.opened(kept, SEALING))).isEqualTo(SpecBlob.nameOf(spec));
    }

    @Test
    @DisplayName("a box opens in its own spec alone")
    void bound() {
        KeptSpec kept = kept(web("s3cret"));
        ObjectNode other = kept.spec().deepCopy();
        other.put("image", "evil.example/web:1");
        DeploymentSpec moved = opened(new KeptSpec(other, kept.key(), kept.box()), SEALING);
        assertThat(Objects.requireNonNull(moved.registryAuth()).password())
                .isEqualTo(new SealedPassword(kept.key(), kept.box()).text());
        DeploymentSpec damaged = opened(new KeptSpec(kept.spec(), kept.key(), "no base64"), SEALING);
        assertThat(SealedPassword.in(damaged.registryAuth())).isNotNull();
    }

    @Test
    @DisplayName("no nonce serves two passwords, not even in one commit for specs that differ in nothing else")
    void nonces() {
        assertThat(nonce(kept(web("a")))).isNotEqualTo(nonce(kept(web("b"))));
    }

    private static byte[] nonce(KeptSpec kept) {
        return Arrays.copyOf(Base64.getDecoder().decode(kept.box()), 12);
    }

    @Test
    @DisplayName("what does not open is written as it was, and nobody reads it")
    void unopened() {
        KeptSpec kept = kept(web("s3cret"));
        DeploymentSpec locked = opened(kept, Sealing.NONE);
        assertThat(locked.toString()).doesNotContain(kept.box());
        SealedPassword sealed = Objects.requireNonNull(SealedPassword.in(locked.registryAuth()));
        assertThat(sealed.words()).contains(kept.key()).doesNotContain(kept.box());
        Sealing others = new Sealing(KeyRing.of(List.of(KeyRing.keyOf("x"))), "chance");
        for (Sealing keys : List.of(Sealing.NONE, others, SEALING)) {
            StoreWrite again = SealedSpecs.put("name", locked, keys);
            assertThat(again.table()).isEqualTo(Tables.SEALED);
            assertThat(WireCodec.decodeText(Objects.requireNonNull(again.body()), KeptSpec.class))
                    .isEqualTo(kept);
        }
    }

    @Test
    @DisplayName("specs without a password are where they were; without a key, those with one, too")
    void elsewhere() {
        assertThat(put(spec("web").build()).table()).isEqualTo(Tables.SPEC);
        assertThat(SealedSpecs.put("name", web("a"), Sealing.NONE).table()).isEqualTo(Tables.SPEC);
    }
}
