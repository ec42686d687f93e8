package io.knit.core.rules.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.core.spec.Field;
import io.knit.core.spec.PartTable;
import io.knit.core.spec.SidecarTable;
import io.knit.core.spec.SpecTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformWordsTest {
    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64",
        "linux/x86_64, linux/amd64",
        "x86_64, linux/amd64",
        "linux/arm/v7, linux/arm/v7",
        "linux/armhf, linux/arm/v7",
        "arm64, linux/arm64",
        "linux/aarch64/v8, linux/arm64/v8",
        "Windows/AMD64, windows/amd64",
        "linux/vax, linux/vax",
        "linux, linux",
        "'', ''",
        "linux/armv7l/v7, linux/armv7l/v7",
        "linux/arm/7, linux/arm/v7",
        "arm/6, linux/arm/v6",
        "linux/arm64/8, linux/arm64/v8",
        "linux/aarch64/8, linux/arm64/v8",
        "linux/arm64/7, linux/arm64/7",
        "linux/arm/7/x, linux/arm/7/x"
    })
    void dockersWordsBecomeThoseOfImages(String written, String normal) {
        assertThat(PlatformWords.normal(written)).isEqualTo(normal);
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd46, linux/amd64",
        "linx/amd64, linux/amd64",
        "amd64/linux, linux/amd64",
        "linux/amd64/, linux/amd64",
        "linux/i686, linux/386",
        "aarch64, linux/arm64",
        "linux/ppc64el, linux/ppc64le"
    })
    void theNearestIsHintedAt(String wrong, String meant) {
        assertThat(PlatformWords.fault(wrong)).isEqualTo(" is no platform; did you mean " + meant + "?");
    }

    @ParameterizedTest
    @CsvSource({"/", "linux", "linux/", "plan9/vax", "linux/amd64/v1/x", "'linux /amd64 x'"})
    void whatIsNearNoneIsToldTheForm(String wrong) {
        assertThat(PlatformWords.fault(wrong)).contains("give os/arch or os/arch/variant");
    }

    @Test
    void whatIsTakenIsWhatThePatternOfTheFieldsSays() {
        List<String> cpus = List.of(
                "386",
                "amd64",
                "arm",
                "arm64",
                "loong64",
                "mips64le",
                "ppc64le",
                "riscv64",
                "s390x",
                "x86_64",
                "armhf");
        List<String> all = new ArrayList<>();
        for (String os : List.of("linux", "windows", "freebsd", "darwin", "Linux")) {
            for (String cpu : cpus) {
                all.add(os + "/" + cpu);
                for (int i = 0; i < 11; i++) {
                    all.add(os + "/" + cpu + "/v" + i);
                }
            }
        }
        for (Field<?> field : List.of(
                SpecTable.SPEC.field("platform"),
                PartTable.PART.field("platform"),
                SidecarTable.SIDECAR.field("platform"))) {
            assertThat(all)
                    .allSatisfy(each -> assertThat(PlatformWords.fault(each) == null)
                            .as(each)
                            .isEqualTo(field.limits().has(each)));
            assertThat(field.limits().has("")).isTrue();
        }
    }
}
