package enrolment

import "menshen"

// Code says why a photograph or a row of a table was refused, as a stable word for programs.
type Code string

const (
	// Of photographs.
	CodeUnreadable      Code = "unreadable"       // no picture, damaged, or too large
	CodeNoFace          Code = "no_face"          // nobody on it
	CodeSeveralFaces    Code = "several_faces"    // no face clearly dominates
	CodeTooSmall        Code = "too_small"        // too few pixels between the eyes
	CodeTurned          Code = "turned"           // does not look into the camera
	CodeBadLight        Code = "bad_light"        // too dark, too bright, or too flat
	CodeBlurred         Code = "blurred"          // not sharp
	CodeCovered         Code = "covered"          // mouth and nose are covered, and nothing shows the whole face
	CodeNoTemplate      Code = "no_template"      // the engine makes no descriptor of it
	CodeDuplicate       Code = "duplicate"        // the same photograph again
	CodeUnlikeOthers    Code = "unlike_others"    // shows somebody else than the other photographs
	CodeUnlikePerson    Code = "unlike_person"    // shows somebody else than the person it is added to
	CodeAlreadyEnrolled Code = "already_enrolled" // is somebody who is enrolled under another name
	CodeTooMany         Code = "too_many"         // more photographs than are kept of one person

	// Of rows and their files.
	CodeBadRow         Code = "bad_row"         // cannot be read as a row
	CodeBadName        Code = "bad_name"        // no name, or not a usable one
	CodeBadDwelling    Code = "bad_dwelling"    // not building-unit-floor-room
	CodeRepeatedRow    Code = "repeated_row"    // the same name and dwelling further up
	CodeAmbiguous      Code = "ambiguous"       // photographs are found by name, and several people have it
	CodeNoPhotos       Code = "no_photos"       // none named, none in the folder
	CodePhotoMissing   Code = "photo_missing"   // named, but not in the folder
	CodeBadPath        Code = "bad_path"        // leads out of the folder, or cannot be read there
	CodeEnrolledBefore Code = "enrolled_before" // skipped: enrolled with photographs already
	CodeFailed         Code = "failed"          // refused by the registry
)

// Codes gives all codes.
func Codes() []Code {
	return []Code{
		CodeUnreadable, CodeNoFace, CodeSeveralFaces, CodeTooSmall, CodeTurned, CodeBadLight, CodeBlurred, CodeCovered, CodeNoTemplate,
		CodeDuplicate, CodeUnlikeOthers, CodeUnlikePerson, CodeAlreadyEnrolled, CodeTooMany,
		CodeBadRow, CodeBadName, CodeBadDwelling, CodeRepeatedRow, CodeAmbiguous, CodeNoPhotos, CodePhotoMissing, CodeBadPath,
		CodeEnrolledBefore, CodeFailed,
	}
}

// Text says in words what is wrong, without particulars; empty for an unknown code.
func (c Code) Text() menshen.Text {
	switch c {
	case CodeUnreadable:
		return menshen.Text{ZH: "照片无法读取", EN: "the photograph cannot be read"}
	case CodeNoFace:
		return menshen.Text{ZH: "照片中没有人脸", EN: "there is no face on the photograph"}
	case CodeSeveralFaces:
		return menshen.Text{ZH: "照片中有多张人脸，无法确定是谁", EN: "there are several faces on the photograph, and none clearly is the one meant"}
	case CodeTooSmall:
		return menshen.Text{ZH: "照片中的人脸太小", EN: "the face on the photograph is too small"}
	case CodeTurned:
		return menshen.Text{ZH: "没有正对镜头", EN: "the face does not look into the camera"}
	case CodeBadLight:
		return menshen.Text{ZH: "人脸太暗、太亮或缺少明暗对比", EN: "the face is too dark, too bright or too flat"}
	case CodeBlurred:
		return menshen.Text{ZH: "照片模糊", EN: "the photograph is blurred"}
	case CodeCovered:
		return menshen.Text{ZH: "口鼻被遮住，又没有露出全脸的照片", EN: "mouth and nose are covered, and no photograph shows the whole face"}
	case CodeNoTemplate:
		return menshen.Text{ZH: "无法从照片提取人脸特征", EN: "no face template can be made of the photograph"}
	case CodeDuplicate:
		return menshen.Text{ZH: "这张照片已经有了", EN: "this photograph is there already"}
	case CodeUnlikeOthers:
		return menshen.Text{ZH: "与其他照片不是同一个人", EN: "this is not the same person as on the other photographs"}
	case CodeUnlikePerson:
		return menshen.Text{ZH: "与该人员已登记的照片不是同一个人", EN: "this is not the person whose record it is added to"}
	case CodeAlreadyEnrolled:
		return menshen.Text{ZH: "此人已用其他姓名或住址登记", EN: "this person is enrolled already under another name or dwelling"}
	case CodeTooMany:
		return menshen.Text{ZH: "每人的照片数量已达上限", EN: "these are more photographs than are kept of one person"}
	case CodeBadRow:
		return menshen.Text{ZH: "这一行无法读取", EN: "this row cannot be read"}
	case CodeBadName:
		return menshen.Text{ZH: "姓名为空或不可用", EN: "the name is missing or not usable"}
	case CodeBadDwelling:
		return menshen.Text{ZH: "住址格式不正确", EN: "the dwelling is not written as it must be"}
	case CodeRepeatedRow:
		return menshen.Text{ZH: "表中已有相同姓名和住址的一行", EN: "the table has the same name and dwelling already"}
	case CodeAmbiguous:
		return menshen.Text{ZH: "有多人同名，无法按姓名找照片", EN: "several people have this name, so photographs cannot be found by it"}
	case CodeNoPhotos:
		return menshen.Text{ZH: "没有照片", EN: "there are no photographs"}
	case CodePhotoMissing:
		return menshen.Text{ZH: "照片文件夹中没有这个文件", EN: "the photo folder has no such file"}
	case CodeBadPath:
		return menshen.Text{ZH: "不能从照片文件夹中读取这个文件", EN: "this file cannot be read from the photo folder"}
	case CodeEnrolledBefore:
		return menshen.Text{ZH: "此人已登记，已跳过", EN: "this person is enrolled already and was skipped"}
	case CodeFailed:
		return menshen.Text{ZH: "未能登记", EN: "this person could not be enrolled"}
	}
	return menshen.Text{}
}

// Hint says in words what to do; empty for an unknown code.
func (c Code) Hint() menshen.Text {
	switch c {
	case CodeUnreadable:
		return menshen.Text{ZH: "请用 JPEG 或 PNG 格式重新保存，不超过 20 MB", EN: "save it again as JPEG or PNG, of at most 20 MB"}
	case CodeNoFace:
		return menshen.Text{ZH: "请换一张正面、脸部清楚的照片", EN: "take a photograph of the face from the front"}
	case CodeSeveralFaces:
		return menshen.Text{ZH: "请裁剪照片，只留下本人", EN: "crop the photograph so that only this person is on it"}
	case CodeTooSmall:
		return menshen.Text{ZH: "请靠近拍摄，脸部宽度至少 100 像素", EN: "take it from nearer: the face should be 100 pixels wide or more"}
	case CodeTurned:
		return menshen.Text{ZH: "请正对镜头拍摄，不要低头或侧脸", EN: "look straight into the camera, neither down nor aside"}
	case CodeBadLight:
		return menshen.Text{ZH: "请在光线均匀处拍摄，避免逆光", EN: "take it in even light, not against a window or a lamp"}
	case CodeBlurred:
		return menshen.Text{ZH: "请重新拍摄，对好焦、手不要抖", EN: "take it again, in focus and with a steady hand"}
	case CodeCovered:
		return menshen.Text{ZH: "请摘下口罩再拍一张；戴口罩的照片可以一并提交", EN: "take another one without the mask; the one with it may be given beside it"}
	case CodeNoTemplate:
		return menshen.Text{ZH: "请摘下口罩和墨镜，换一张正面照片", EN: "take another one from the front, without mask or sunglasses"}
	case CodeDuplicate:
		return menshen.Text{ZH: "请换另一张照片", EN: "choose another photograph"}
	case CodeUnlikeOthers, CodeUnlikePerson:
		return menshen.Text{ZH: "请核对照片是否放错了人", EN: "check whether the photograph belongs to somebody else"}
	case CodeAlreadyEnrolled:
		return menshen.Text{ZH: "请核对身份；若是同一个人，请把照片加到已有的登记中；若确是另一个人（例如双胞胎），请加 --look-alike 登记", EN: "check who it is; the same person: add the photographs to that record; certainly another one, a twin for example: enrol with --look-alike"}
	case CodeTooMany:
		return menshen.Text{ZH: "请只选最清楚的几张", EN: "choose only the clearest ones"}
	case CodeBadRow:
		return menshen.Text{ZH: "请检查引号和列数，另存为 CSV 后重试", EN: "check quotes and columns, and save the table as CSV again"}
	case CodeBadName:
		return menshen.Text{ZH: "请填写姓名，最多 80 个字", EN: "fill in a name of at most 80 characters"}
	case CodeBadDwelling:
		return menshen.Text{ZH: "请写成“楼-单元-层-室”，例如 3-2-14-1402", EN: "write building-unit-floor-room, for example 3-2-14-1402"}
	case CodeRepeatedRow:
		return menshen.Text{ZH: "请把照片写在同一行", EN: "name all photographs in one row"}
	case CodeAmbiguous:
		return menshen.Text{ZH: "请在“照片”一列写明每个人的照片文件名", EN: "name each person's files in the column photos"}
	case CodeNoPhotos:
		return menshen.Text{ZH: "请在“照片”一列写明文件名，或把照片放在以姓名命名的文件夹中", EN: "name the files in the column photos, or put them into a folder with the person's name"}
	case CodePhotoMissing:
		return menshen.Text{ZH: "请核对文件名，或把照片放进文件夹", EN: "check the file name, or put the photograph into the folder"}
	case CodeBadPath:
		return menshen.Text{ZH: "文件名只能指向照片文件夹内的普通文件", EN: "name an ordinary file inside the photo folder"}
	case CodeEnrolledBefore:
		return menshen.Text{ZH: "如需补充照片，请单独登记", EN: "to add photographs, enrol this person singly"}
	case CodeFailed:
		return menshen.Text{ZH: "请按提示更正后重试", EN: "correct what is said and try again"}
	}
	return menshen.Text{}
}
