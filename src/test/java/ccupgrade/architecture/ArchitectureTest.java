package ccupgrade.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.Main;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The product keeps the rules of the house, and each rule would be broken by some class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {

    private static final String WRONG = "ccupgrade.architecture.wrong";

    private final JavaClasses product = new ClassFileImporter().importPath(classesOf(Main.class));
    private final JavaClasses wrong = new ClassFileImporter().importPackages(WRONG);

    private static Path classesOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Stream<String> rules() {
        return Rules.of("ccupgrade").keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void the_product_keeps_the_rule(String name) {
        Map<String, ArchRule> rules = Rules.of("ccupgrade");
        rules.get(name).check(product);
    }

    @Test
    void all_of_the_product_was_looked_at() {
        assertThat(product.size()).isGreaterThan(100);
        for (String name : Rules.ARROWS.keySet()) {
            assertThat(product.containPackage("ccupgrade." + name)).as(name).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            saga knows only what lies below it    | saga.KnowsASibling
            upgrade knows only what lies below it | upgrade.KnowsTheScreen
            config knows only what lies below it  | config.KnowsTheDisk
            disk knows only what lies below it    | disk.KnowsAFault
            fault knows only what lies below it   | fault.KnowsItsConfig
            every package has its place           | extra.Homeless
            no cycles                             | fault.KnowsItsConfig
            SQL                                   | saga.SpeaksSql
            Flyway                                | state.Migrates
            picocli                               | upgrade.ReadsOptions
            no static state                       | state.Counts
            telling names                         | extra.FileUtils
            telling names                         | extra.StepManager
            every package says what it is for     | extra.Homeless
            """)
    void a_rule_is_broken_by_a_class_that_is_wrong_on_purpose(String name, String culprit) {
        EvaluationResult result = Rules.of(WRONG).get(name).evaluate(wrong);
        assertThat(result.hasViolation()).isTrue();
        assertThat(result.getFailureReport().getDetails()).anyMatch(detail -> detail.contains(WRONG + "." + culprit));
    }

    @Test
    void a_rule_does_not_complain_about_a_class_that_keeps_it() {
        for (Map.Entry<String, ArchRule> rule : Rules.of(WRONG).entrySet()) {
            assertThat(rule.getValue().evaluate(wrong).getFailureReport().getDetails())
                    .as(rule.getKey())
                    .noneMatch(
                            detail -> detail.matches("(\\w+ <)?" + Pattern.quote(WRONG + ".cli.Blameless") + "\\b.*"));
        }
    }

    @Test
    void the_build_bans_every_call_of_files_that_changes_one() throws IOException {
        String banned = Files.readString(Path.of("src/build/only-in-disk.txt"));
        List<String> changing = Stream.of(Files.class.getMethods())
                .filter(method -> Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .filter(name ->
                        name.matches("(create|write|move|copy|delete|set|new.*Writer|newOutput|newByteChannel).*"))
                .distinct()
                .toList();
        assertThat(changing)
                .contains("createTempDirectory", "writeString", "setOwner")
                .hasSizeGreaterThan(15);
        assertThat(changing).allMatch(name -> banned.contains("java.nio.file.Files#" + name + "("));
    }

    @Test
    void the_build_applies_its_lists_of_banned_calls() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        for (String list : List.of("src/build/only-in-disk.txt", "src/build/only-in-main.txt")) {
            assertThat(pom).contains("<signaturesFile>" + list + "</signaturesFile>");
        }
        assertThat(Files.readString(Path.of("src/build/only-in-main.txt")))
                .contains("java.lang.System#out", "java.lang.System#err", "java.lang.System#exit(int)");
    }
}
