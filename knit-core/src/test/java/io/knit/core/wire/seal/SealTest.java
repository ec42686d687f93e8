package io.knit.core.wire.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SealTest {
    private static final String ABOUT = "knit value secret/db/3";
    private static final byte[] CONTENT = "hush".getBytes(StandardCharsets.UTF_8);

    private static SealKey key() {
        byte[] secret = new byte[32];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) (i + 1);
        }
        return SealKey.of(secret);
    }

    private static byte[] sealed(String to, String chance) {
        return SealedFor.seal(to, ABOUT, CONTENT, chance).orElseThrow();
    }

    @ParameterizedTest
    @DisplayName(
            "boxes of another implementation of RFC 9180 open (pyhpke 0.6: X25519, HKDF-SHA256, AES-256-GCM, base mode)")
    @CsvSource({
        "ebe0804670d5442c516ecde494e11dca702125dbac317410c855d26729686035fb459495901037b9c479d87cae0d5f7e, ''",
        "ab8b946658b4f61d092101eb82fc2288901747a63a74888ab9c0548ab24346571e5b2d959b3d9554233bac7c8286f7864d369d03, hush",
    })
    void vectors(String box, String content) {
        assertThat(key().open(ABOUT, HexFormat.of().parseHex(box))).asString().isEqualTo(content);
        assertThat(Base64.getDecoder().decode(key().forServers()))
                .isEqualTo(HexFormat.of().parseHex("07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c"));
    }

    @Test
    @DisplayName(
            "what is sealed for an agent opens with its key, for what it is about, and each time it is another box")
    void roundTrip() {
        SealKey key = SealKey.made("chance of an agent");
        byte[] box = sealed(key.forServers(), "one");
        assertThat(key.open(ABOUT, box)).isEqualTo(CONTENT);
        assertThat(SealKey.of(key.secret()).open(ABOUT, box)).isEqualTo(CONTENT);
        assertThat(sealed(key.forServers(), "two")).isNotEqualTo(box);
        assertThat(new String(box, StandardCharsets.ISO_8859_1)).doesNotContain("hush");
        assertThat(key).asString().isEqualTo("SealKey[***]");
    }

    @Test
    @DisplayName("it opens with no other key, about nothing else, and not if a bit of it is another")
    void nobodyElse() {
        SealKey key = SealKey.made("chance of an agent");
        byte[] box = sealed(key.forServers(), "one");
        assertThatThrownBy(() -> SealKey.made("another").open(ABOUT, box))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SECRETS_LOCKED));
        assertThatThrownBy(() -> key.open("knit value secret/db/4", box)).isInstanceOf(KnitException.class);
        for (int at : new int[] {0, 31, 32, box.length - 1}) {
            byte[] changed = box.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> key.open(ABOUT, changed)).isInstanceOf(KnitException.class);
        }
        for (int length : new int[] {0, 31, 32, 33, 47}) {
            assertThatThrownBy(() -> key.open(ABOUT, Arrays.copyOf(box, length)))
                    .isInstanceOf(KnitException.class);
        }
    }

    @ParameterizedTest
    @DisplayName("for what is no key nothing is sealed; one of all zeros would keep nothing from others")
    @ValueSource(strings = {"", "no Base64!", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})
    void noKey(String to) {
        assertThat(SealedFor.seal(to, ABOUT, CONTENT, "one")).isEmpty();
    }

    @Test
    @DisplayName("what is sealed by the same chance for something else has a key of its own")
    void ofOneChance() {
        String to = key().forServers();
        byte[] one = SealedFor.seal(to, "one", CONTENT, "chance").orElseThrow();
        byte[] other = SealedFor.seal(to, "other", CONTENT, "chance").orElseThrow();
        assertThat(Arrays.copyOf(one, 32)).isNotEqualTo(Arrays.copyOf(other, 32));
    }

    @Test
    void aKeyHas32Bytes() {
        assertThatThrownBy(() -> SealKey.of(new byte[31])).hasMessageContaining("32 bytes");
    }
}
