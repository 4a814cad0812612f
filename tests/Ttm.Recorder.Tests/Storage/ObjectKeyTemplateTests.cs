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

    [Fact]
    public void IsValid_LongestIds_Fit()
    {
        var id = new string('x', 128);
        ObjectKeyTemplate.TryParse("lessons/{date}/{teacher}/{lesson}/{sequence}-{student}.mp3", out var template, out _).ShouldBeTrue();

        ObjectKey.IsValid(template!.Render(Start, id, id, id, int.MaxValue, id)).ShouldBeTrue();
    }
}
