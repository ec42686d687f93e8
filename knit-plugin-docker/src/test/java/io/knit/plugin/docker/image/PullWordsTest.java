package io.knit.plugin.docker.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.AuthConfig;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.runtime.ImageRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of an image that does not come. */
class PullWordsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Get \"https://r.example/v2/\": dial tcp: lookup r.example: no such host | UNREACHABLE",
                "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused | UNREACHABLE",
                "Get \"https://r.example/v2/\": net/http: request canceled (Client.Timeout exceeded) | UNREACHABLE",
                "toomanyrequests: You have reached your pull rate limit | UNREACHABLE",
                "received unexpected HTTP status: 503 Service Unavailable | UNREACHABLE",
                "manifest for nginx:nosuch not found: manifest unknown: manifest unknown | UNKNOWN_IMAGE",
                "pull access denied for x, repository does not exist or may require 'docker login': denied: x | CREDENTIALS",
                "Get \"https://r.example/v2/\": unauthorized: incorrect username or password | CREDENTIALS",
                "no basic auth credentials | CREDENTIALS",
                "write /var/lib/docker/tmp/x: no space left on device | OTHER"
            })
    void aPullsTroubleIsTold(String said, PullTrouble trouble) {
        assertThat(PullTrouble.of(said)).isEqualTo(trouble);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Get token?account=user-77: refused", "bad password secret-88"})
    void whatTellsASecretIsNotPassedOn(String said) {
        ImageRequest request =
                new ImageRequest("r.example/x:1", PullPolicy.ALWAYS, new RegistryAuth("user-77", "secret-88"));
        assertThat(new PullFailure(request, PullTrouble.OTHER, said))
                .hasMessage("the image r.example/x:1 can't be had: the engine could not pull it");
    }

    @ParameterizedTest
    @CsvSource({
        "nginx,false,the default",
        "nginx:1,true,the default",
        "library/nginx,false,the default",
        "localhost/x,false,localhost",
        "r.example:5000/x,false,r.example:5000",
        "r.example:5000/a/x:1,true,r.example:5000",
        "r.example/x@sha256:00,true,r.example"
    })
    void aReferenceIsRead(String image, boolean tagged, String registry) {
        assertThat(ImagePull.hasTagOrDigest(image)).isEqualTo(tagged);
        String expected = registry.equals("the default") ? AuthConfig.DEFAULT_SERVER_ADDRESS : registry;
        assertThat(ImagePull.registry(image)).isEqualTo(expected);
    }
}
