package ccupgrade.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/**
 * The rules of the house, for all that lies below a root package: {@code ccupgrade} itself, or the classes that break them on purpose.
 *
 * <pre>
 * Main → cli → upgrade → {saga, release, state, service, ledger} → disk
 * </pre>
 */
final class Rules {

    /** Whom each package may know, besides itself and libraries. Only the root, which is Main's, may know everybody. */
    static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry(
                    "cli",
                    Set.of(
                            "upgrade", "saga", "release", "state", "service", "ledger", "disk", "config", "fault",
                            "words")),
            Map.entry(
                    "upgrade",
                    Set.of("saga", "release", "state", "service", "ledger", "disk", "config", "fault", "words")),
            Map.entry("saga", Set.of("disk", "fault", "words")),
            Map.entry("release", Set.of("disk", "fault", "words")),
            Map.entry("state", Set.of("disk", "fault", "words")),
            Map.entry("service", Set.of("disk", "config", "fault", "words")),
            Map.entry("ledger", Set.of("disk", "fault", "words")),
            Map.entry("config", Set.of("fault", "words")),
            Map.entry("disk", Set.of()),
            Map.entry("fault", Set.of()),
            Map.entry("words", Set.of()));

    private Rules() {}

    /** Each rule under the name by which a test asks for it. */
    static Map<String, ArchRule> of(String root) {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        ARROWS.forEach((name, known) -> rules.put(name + " knows only what lies below it", arrows(root, name, known)));
        rules.put("every package has its place", placed(root));
        rules.put("no cycles", slices().matching(root + ".(*)..").should().beFreeOfCycles());
        rules.put(
                "SQL", only(root, List.of("ledger", "state", "release"), "org.sqlite..", "java.sql..", "javax.sql.."));
        rules.put("Flyway", only(root, List.of("ledger", "release"), "org.flywaydb.."));
        rules.put("picocli", only(root, List.of("cli"), "picocli.."));
        rules.put("no static state", fields().that().areStatic().should().beFinal());
        rules.put(
                "telling names",
                noClasses()
                        .that()
                        // The word may be the domain's: a service has a manager.
                        .areTopLevelClasses()
                        .should()
                        .haveSimpleNameEndingWith("Util")
                        .orShould()
                        .haveSimpleNameEndingWith("Utils")
                        .orShould()
                        .haveSimpleNameEndingWith("Helper")
                        .orShould()
                        .haveSimpleNameEndingWith("Helpers")
                        .orShould()
                        .haveSimpleNameEndingWith("Manager")
                        .orShould()
                        .haveSimpleNameEndingWith("Common"));
        rules.put("every package says what it is for", explained(root));
        return rules;
    }

    private static ArchRule arrows(String root, String name, Set<String> known) {
        List<String> allowed = new ArrayList<>();
        allowed.add(root + "." + name + "..");
        known.forEach(other -> allowed.add(root + "." + other + ".."));
        return classes()
                .that()
                .resideInAPackage(root + "." + name + "..")
                .should()
                .onlyDependOnClassesThat(JavaClass.Predicates.resideOutsideOfPackage(root + "..")
                        .or(JavaClass.Predicates.resideInAnyPackage(allowed.toArray(String[]::new))))
                .allowEmptyShould(true);
    }

    private static ArchRule placed(String root) {
        List<String> places = new ArrayList<>(List.of(root));
        ARROWS.keySet().forEach(name -> places.add(root + "." + name));
        return classes().should().resideInAnyPackage(places.toArray(String[]::new));
    }

    /** A library that only some packages may use. The root may too: it holds nothing but Main. */
    private static ArchRule only(String root, List<String> users, String... library) {
        List<String> allowed = new ArrayList<>(List.of(root));
        users.forEach(user -> allowed.add(root + "." + user + ".."));
        return noClasses()
                .that()
                .resideOutsideOfPackages(allowed.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library);
    }

    private static ArchRule explained(String root) {
        DescribedPredicate<JavaClass> below = DescribedPredicate.describe(
                "below the root", type -> !type.getPackageName().equals(root));
        return classes()
                .that(below)
                .should(new ArchCondition<>("be in a package with a package-info that is @NullMarked") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        JavaPackage home = type.getPackage();
                        boolean explained = home.tryGetPackageInfo().isPresent()
                                && home.getPackageInfo().isAnnotatedWith(NullMarked.class);
                        events.add(new SimpleConditionEvent(
                                type, explained, type.getName() + " is in " + home.getName() + ", which has none"));
                    }
                });
    }
}
