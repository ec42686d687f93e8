package io.knit.core.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FamiliarImageTest {
    @ParameterizedTest
    @CsvSource({
        "shop, shop:latest",
        "shop:3, shop:3",
        "library/shop:3, shop:3",
        "docker.io/library/shop:3, shop:3",
        "index.docker.io/library/shop, shop:latest",
        "docker.io/team/shop:3, team/shop:3",
        "team/shop, team/shop:latest",
        "team/library/shop:3, team/library/shop:3",
        "localhost/shop:3, localhost/shop:3",
        "registry.example:5000/shop, registry.example:5000/shop:latest",
        "registry.example:5000/library/shop:3, registry.example:5000/library/shop:3",
    })
    void asEnginesListIt(String image, String familiar) {
        assertThat(ImageReference.familiar(image)).isEqualTo(familiar);
        assertThat(ImageReference.familiar(familiar)).isEqualTo(familiar);
    }
}
