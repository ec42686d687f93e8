package io.knit.example.spring;

import io.knit.core.KnitServer;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** An application with a server in it, which is there as long as the application's context. */
@SpringBootApplication
public class FleetApplication {
    public static void main(String[] args) {
        SpringApplication.run(FleetApplication.class, args);
    }

    // [springbean]
    /** Spring would call close() and not wait for it: {@link KnitLifecycle} does. */
    @Bean(destroyMethod = "")
    KnitServer knit(
            @Value("${knit.data-dir:knit-data}") Path dataDir,
            @Value("${knit.http-addr:127.0.0.1:8080}") String httpAddress,
            @Value("${knit.nats-addr:127.0.0.1:4222}") String natsAddress) {
        return KnitServer.builder()
                .dataDir(dataDir)
                .httpAddress(httpAddress)
                .config("nats-addr", natsAddress)
                .build();
    }
    // [springbean]
}
