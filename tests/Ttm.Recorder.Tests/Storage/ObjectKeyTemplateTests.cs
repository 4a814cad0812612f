using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Tests.Storage;

public sealed class ObjectKeyTemplateTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 23, 30, 0, TimeSpan.FromHours(-3));

    [Theory]
    [InlineData(ObjectKeyTemplate.Default, "lessons/2026-01-06/algebra/0042-s-17.mp3", "lessons/")]
    [InlineData("{recording}", "rec-1", "")]
    [InlineData("school-{teacher}/{lesson}-{sequence}", "school-t/algebra-0042", "")]
    [InlineData("a/b-{recording}.mp3", "a/b-rec-1.mp3", "a/")]
    public void Render_Template_FillsItIn(string template, string key, string prefix)
    {
        ObjectKeyTemplate.TryParse(template, out var parsed, out _).ShouldBeTrue();

        parsed!.Render(Start, "algebra", "t", "s-17", 42, "rec-1").ShouldBe(key);
        parsed.Prefix.ShouldBe(prefix);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData(".hidden")]
    public void Render_IdThatBeginsWithADot_IsAValidKeyOfItsOwn(string lesson)
    {
        ObjectKeyTemplate.TryParse(ObjectKeyTemplate.Default, out var template, out _).ShouldBeTrue();

        var key = template!.Render(Start, lesson, "t", "s", 1, "r");

        ObjectKey.IsValid(key).ShouldBeTrue();
        key.ShouldBe($"lessons/2026-01-06/=2E{lesson[1..]}/0001-s.mp3");
    }

    /// <summary>Lesson "algebra" with student "7-anna" and lesson "algebra-7" with "anna", number 1 of lesson "a1" and number 10001 of "a", and the like.</summary>
    [Theory]
    [InlineData("lessons/{date}/{lesson}-{student}-{sequence}.mp3", "has {lesson} and {student} in one name")]
    [InlineData("lessons/{teacher}.{lesson}/{sequence}.mp3", "has {teacher} and {lesson} in one name")]
    [InlineData("{lesson}/{sequence}-{teacher}-{student}.mp3", "has {teacher} and {student} in one name")]
    [InlineData("{lesson}{sequence}.mp3", "must have a character that is no digit")]
    [InlineData("{date}/{sequence}{lesson}.mp3", "must have a character that is no digit")]
    [InlineData("{lesson}2{sequence}.mp3", "must have a character that is no digit")]
    public void TryParse_TemplateThatCouldGiveTwoRecordingsOneKey_IsRefused(string template, string beginning)
    {
        ObjectKeyTemplate.TryParse(template, out _, out var problem).ShouldBeFalse();

        problem!.ShouldStartWith(beginning);
    }

    [Theory]
    [InlineData("{lesson}/{sequence}-{student}")]
    [InlineData("{teacher}/{student}/{lesson}-{sequence}.mp3")]
    [InlineData("{lesson}-{date}/{student}-{sequence}-{recording}.mp3")]
    [InlineData("{recording}-{student}.mp3")]
    public void WithId_LongestIds_IsAKey(string template)
    {
        var id = "." + new string('x', 127);
        var recording = "rec_" + new string('x', 24);
        ObjectKeyTemplate.TryParse(template, out var parsed, out _).ShouldBeTrue();

        ObjectKey.IsValid(ObjectKeyTemplate.WithId(parsed!.Render(Start, id, id, id, int.MaxValue, recording), recording)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(10, 80)]
    public void TryParse_TemplateWhoseKeysGetTooLong_IsRefused(int length, int directories)
    {
        string template = string.Concat(Enumerable.Repeat(new string('d', length) + "/", directories)) + "{sequence}-{lesson}-" + new string('x', length);

        ObjectKeyTemplate.TryParse(template, out var parsed, out var problem).ShouldBeFalse();

        parsed.ShouldBeNull();
        problem!.ShouldStartWith("makes names that are longer than a store takes");
    }

    [Fact]
    public void IsValid_LongestIds_Fit()
    {
        var id = new string('x', 128);
        ObjectKeyTemplate.TryParse("lessons/{date}/{teacher}/{lesson}/{sequence}-{student}.mp3", out var template, out _).ShouldBeTrue();

        ObjectKey.IsValid(template!.Render(Start, id, id, id, int.MaxValue, id)).ShouldBeTrue();
    }
}
